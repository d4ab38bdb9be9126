"""A step: its attempts, its outputs, and what its end means for the execution.

Sources: "Properties shared by all actions" and "Handling timeouts in runbooks" in the Systems
Manager User Guide.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from modules.local_aws.automation.actions import find_action
from modules.local_aws.automation.attempt import Attempt, Result
from modules.local_aws.automation.executions import CANCELLED, FAILURES, SUCCESS, StepExecution
from modules.local_aws.automation.references import ABSENT, UnresolvedError, as_texts, resolve
from modules.local_aws.automation.run import Run, Step
from modules.local_aws.automation.selectors import NoMatchError, select
from modules.local_aws.automation.step_failures import (
    EXPECTED,
    StepError,
    UnsupportedActionError,
    failure_type,
)
from modules.local_aws.automation.value_types import converted

# Seconds that an attempt may take at most, and where the step does not say, by the page of each
# action in the Automation actions reference.
_LIMITS = {"aws:executeAwsApi": 25, "aws:executeScript": 600, "aws:invokeLambdaFunction": 300}
_DEFAULTS = {"aws:waitForAwsResourceProperty": 3600, "aws:assertAwsResourceProperty": 3600}
MAX_ATTEMPTS = 10_000  # AWS names no limit; but a test has to end
_NO_LIMIT = float("inf")
_NUMBERS = frozenset({"maxAttempts", "timeoutSeconds"})  # which may be references


def perform(run: Run, step: Step) -> tuple[StepExecution, Result]:
    """Run a step to its end, all attempts of it, and put it on record."""
    step = {**step, **_limits(run, step)}
    record = _record(run, step)
    run.execution.steps.append(record)
    result = Result()
    try:
        action = find_action(record.action)
    except UnsupportedActionError as error:
        _note_failure(record, error)
        raise
    while record.attempts < record.max_attempts:
        record.attempts += 1
        try:
            attempt = Attempt(run, step, record, run.clock.elapsed + _seconds(step))
            attempt.check()  # it may have been stopped since the last one
            result = action(attempt)
            _put_outputs(run, step, record, result)
        except (StepError, *EXPECTED) as error:
            _note_failure(record, error)
            if record.status == CANCELLED:
                break
        else:
            record.status, record.response_code = SUCCESS, "0"
            record.failure_message = record.failure_type = ""
            break
    record.ended = run.clock.now()
    return record, result


def _record(run: Run, step: Step) -> StepExecution:
    on_failure = str(step.get("onFailure", "Abort"))
    critical = step.get("isCritical", on_failure != "Continue")
    limit = _seconds(step)
    return StepExecution(
        name=str(step["name"]),
        action=str(step["action"]),
        started=run.clock.now(),
        timeout_seconds=None if limit == _NO_LIMIT else int(limit),
        max_attempts=int(min(step.get("maxAttempts", 1), MAX_ATTEMPTS)),
        on_failure=on_failure,
        is_end=_is_true(step.get("isEnd", False)),
        is_critical=_is_true(critical),
        next_step=step.get("nextStep"),
        loop=run.loop,
    )


def _limits(run: Run, step: Step) -> dict[str, float]:
    """How often and how long it may run: numbers, or references to some."""
    limits = {}
    for key in sorted(_NUMBERS & step.keys()):
        try:
            limits[key] = float(resolve(step[key], run.names.find))
        except (UnresolvedError, TypeError, ValueError):
            limits[key] = 0
        if not 0 < limits[key] < float("inf"):
            raise StepError(f"{key} of step {step['name']} is no number above 0: {step[key]}.")
    return limits


def _is_true(value: object) -> bool:
    """Documents write these properties as a boolean or as a text."""
    return str(value).lower() == "true"


def _seconds(step: Step) -> float:
    action = str(step["action"])
    given = step.get("timeoutSeconds")
    limit = float(_LIMITS.get(action, _NO_LIMIT))
    return min(float(given), limit) if given else float(_DEFAULTS.get(action, limit))


def _note_failure(record: StepExecution, error: Exception) -> None:
    record.status = getattr(error, "status", "Failed")
    record.failure_message = f"Step fails when it is Execute/Cancelling action. {error}"
    record.failure_type = failure_type(error)
    record.response_code = "1"


def _put_outputs(run: Run, step: Step, record: StepExecution, result: Result) -> None:
    """Select what the step declares.

    What a selector does not find is absent: AWS does not document it, but its runbooks select what
    is not always there, and branch on it (the dynamic options sample; AWS-AttachIAMToInstance).
    """
    outputs: dict[str, Any] = dict(result.outputs)
    for declared in step.get("outputs", ()):
        kind = str(declared.get("Type", "String"))
        try:
            value = select(str(declared["Selector"]), result.data, of_list=kind.endswith("List"))
        except NoMatchError:
            if run.state.switches.missing_outputs_fail:
                raise
            outputs[str(declared["Name"])] = ABSENT
            continue
        what = f"Output {declared['Name']} of step {record.name}"
        outputs[str(declared["Name"])] = converted(value, kind, what)
    run.names.outputs[record.name] = outputs
    record.outputs = _as_lists(outputs)


def _as_lists(outputs: Mapping[str, Any]) -> dict[str, list[str]]:
    return {name: as_texts(value) for name, value in outputs.items() if value is not ABSENT}


def has_failed(record: StepExecution) -> bool:
    """Whether a step ended in any other way than with success."""
    return record.status in FAILURES
