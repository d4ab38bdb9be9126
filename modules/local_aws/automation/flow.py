"""From step to step: order, branches, failures, cancellation.

Sources: "Properties shared by all actions" (nextStep, isEnd, onFailure, onCancel, isCritical).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise

from modules.local_aws.automation.attempt import Result
from modules.local_aws.automation.executions import (
    CANCELLED,
    COMPLETE,
    SUCCESS,
    StepExecution,
)
from modules.local_aws.automation.run import Ending, Run, Step
from modules.local_aws.automation.step_failures import StepError
from modules.local_aws.automation.steps import has_failed, perform

# AWS refuses a runbook that can go on for ever before it starts; here one is found as it does.
MAX_STEPS = 10_000


def follow(run: Run, steps: Sequence[Step]) -> Ending:
    """Run the steps of one list, the first one first, until one of them ends it."""
    by_name = {str(step["name"]): step for step in steps}
    after = {a["name"]: str(b["name"]) for a, b in pairwise(steps)}
    name: str | None = str(steps[0]["name"])
    while name is not None:
        if run.must_stop:
            return Ending.CANCELLED
        if len(run.execution.steps) >= MAX_STEPS:
            raise StepError(f"The runbook does not end: {MAX_STEPS} steps were run.")
        if name not in by_name and run.loop is not None:
            run.left_for = name
            return Ending.LEFT
        if name not in by_name:
            raise StepError(f"There is no step {name}.")
        record, result = perform(run, by_name[name])
        record.valid_next_steps = _valid_next_steps(by_name[name], after)
        if record.status == CANCELLED:
            return _cancel(run, by_name[name], by_name)
        ending, name = _go_on(run, by_name[name], (record, result), after)
        if ending is not None:
            return ending
    return Ending.DONE


def _go_on(
    run: Run, step: Step, outcome: tuple[StepExecution, Result], after: Mapping[str, str]
) -> tuple[Ending | None, str | None]:
    """How it ends after this step, or with which step it goes on."""
    record, result = outcome
    if has_failed(record):
        return _after_failure(run, record, step, after)
    if result.next_step is not None:  # a branch that has a choice goes there, isEnd or not
        return None, result.next_step
    if record.is_end:
        return Ending.DONE, None
    return None, record.next_step or after.get(record.name)


def _after_failure(
    run: Run, record: StepExecution, step: Step, after: Mapping[str, str]
) -> tuple[Ending | None, str | None]:
    if record.is_critical and not run.failed_status:
        run.failed_status = record.status
        run.execution.failure_message = record.failure_message
    jump = record.on_failure.partition("step:")[2]
    if record.on_failure == "Abort":
        return Ending.ABORTED, None
    if record.is_end:
        return Ending.DONE, None
    if jump:
        return None, jump
    return None, step.get("nextStep") or after.get(record.name)


def _cancel(run: Run, step: Step, by_name: Mapping[str, Step]) -> Ending:
    """The steps that a cancelled step wants to be run, then the end."""
    target = str(step.get("onCancel", "Abort")).partition("step:")[2]
    if target and not run.is_cancelling:
        run.begin_cancelling()
        names = list(by_name)
        follow(run, [by_name[name] for name in names[names.index(target) :]])
    return Ending.CANCELLED


def _valid_next_steps(step: Step, after: Mapping[str, str]) -> list[str]:
    """ValidNextSteps: where this step can lead when it succeeds."""
    inputs = step.get("inputs") or {}
    branches = [str(c["NextStep"]) for c in inputs.get("Choices", ()) if "NextStep" in c]
    if branches:
        default = [str(inputs["Default"])] if "Default" in inputs else []
        return list(dict.fromkeys([*branches, *default]))
    following = step.get("nextStep") or after.get(str(step["name"]))
    return [] if str(step.get("isEnd", False)).lower() == "true" or not following else [following]


def final_status(run: Run, ending: Ending) -> str:
    """The execution's status: of the first critical step that failed, else success."""
    if ending is Ending.CANCELLED and run.execution.stop_type != COMPLETE:
        return CANCELLED
    return run.failed_status or SUCCESS
