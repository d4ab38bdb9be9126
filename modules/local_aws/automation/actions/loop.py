"""aws:loop: run steps for each item of a list, or as long as a condition is true.

Source: "aws:loop - Iterate over steps in an automation".
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from modules.local_aws.automation.attempt import Attempt, Result
from modules.local_aws.automation.conditions import holds
from modules.local_aws.automation.executions import CANCELLED, COMPLETE, TIMED_OUT
from modules.local_aws.automation.references import as_text
from modules.local_aws.automation.run import Ending, Run
from modules.local_aws.automation.step_failures import (
    StepCancelledError,
    StepError,
    StepTimedOutError,
)
from modules.local_aws.automation.value_types import check_type, converted

MAX_ITERATIONS = 100


def repeat(attempt: Attempt) -> Result:
    """Run the steps again and again; a step of it that aborts, aborts the loop."""
    inputs = attempt.raw_inputs
    if ("Iterators" in inputs) == ("LoopCondition" in inputs):
        raise StepError("A loop has either Iterators or a LoopCondition.")
    attempt.record_inputs({key: inputs[key] for key in inputs if key != "Steps"})
    passes = _for_each(attempt) if "Iterators" in inputs else _while(attempt)
    outputs: Mapping[str, Any] = {}
    for outputs in passes:
        left_for = _run_once(attempt, outputs)
        attempt.check()
        if left_for or attempt.run.must_stop:
            return Result(data=dict(outputs), outputs=outputs, next_step=left_for)
    return Result(data=dict(outputs), outputs=outputs)


def _for_each(attempt: Attempt) -> Iterator[Mapping[str, Any]]:
    items = attempt.resolve(attempt.raw_inputs["Iterators"])
    kind = str(attempt.raw_inputs.get("IteratorDataType", "String"))
    if not isinstance(items, list) or len(items) > MAX_ITERATIONS:
        raise StepError(f"Iterators are a list of {MAX_ITERATIONS} items at most.")
    for number, item in enumerate(items[: _limit(attempt)], start=1):
        yield {"CurrentIteration": number, "CurrentIteratorValue": _typed(item, kind)}


def _typed(item: object, kind: str) -> object:
    """Iterators are a list of texts; IteratorDataType says what the texts stand for."""
    what = f"The iterator {as_text(item)}"
    if isinstance(item, str):
        item = _read(item) if kind == "StringMap" else converted(item, kind, what)
    check_type(item, kind, what)
    return item


def _read(text: str) -> object:
    try:
        return json.loads(text)
    except ValueError:
        return text


def _while(attempt: Attempt) -> Iterator[Mapping[str, Any]]:
    """One pass in any case: the condition is looked at after each."""
    condition = attempt.raw_inputs["LoopCondition"]
    for number in range(1, _limit(attempt) + 1):
        yield {"CurrentIteration": number}
        if not holds(condition, attempt.resolve):
            return


def _limit(attempt: Attempt) -> int:
    """The loop stops there even where items are left or the condition is still true."""
    given = as_text(attempt.resolve(attempt.raw_inputs.get("MaxIterations", MAX_ITERATIONS)))
    if not re.fullmatch("[0-9]{1,3}", given) or not 1 <= int(given) <= MAX_ITERATIONS:
        raise StepError(f"MaxIterations is a number from 1 to {MAX_ITERATIONS}, not {given}.")
    return int(given)


def _run_once(attempt: Attempt, outputs: Mapping[str, Any]) -> str | None:
    """Run the steps of one pass; the step around the loop that one of them leaves it for."""
    run, own_name = attempt.run, attempt.record.name
    run.names.outputs[own_name] = dict(outputs)
    outer, run.loop = run.loop, _details(attempt, outputs)
    try:
        ending = run.follow_steps(run, attempt.raw_inputs["Steps"])
    finally:
        run.loop = outer
    if ending is Ending.LEFT:
        return run.left_for
    may_end = ending is Ending.CANCELLED and run.execution.stop_type == COMPLETE
    if ending is not Ending.DONE and not may_end:
        raise _as_error(run, ending)
    return None


def _details(attempt: Attempt, outputs: Mapping[str, Any]) -> dict[str, Any]:
    """ParentStepDetails of the steps inside."""
    details = {
        "StepExecutionId": attempt.record.id,
        "StepName": attempt.record.name,
        "Action": attempt.record.action,
        "Iteration": outputs["CurrentIteration"],
    }
    value = outputs.get("CurrentIteratorValue")
    return details if value is None else {**details, "IteratorValue": as_text(value)}


def _as_error(run: Run, ending: Ending) -> StepError:
    last = run.execution.steps[-1]
    if ending is Ending.CANCELLED or last.status == CANCELLED:
        return StepCancelledError("The execution was stopped.")
    kind = StepTimedOutError if last.status == TIMED_OUT else StepError
    return kind(f"Step {last.name} of the loop failed. {last.failure_message}")
