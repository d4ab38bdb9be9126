"""aws:updateVariable: give a variable of the runbook another value.

Source: "aws:updateVariable - Updates a value for a runbook variable".
"""

from __future__ import annotations

from typing import Any

from modules.local_aws.automation.attempt import Attempt, Result
from modules.local_aws.automation.references import as_text
from modules.local_aws.automation.step_failures import StepError
from modules.local_aws.automation.value_types import check_type

_MAX_CHARACTERS = 512
_MAX_ITEMS = {"StringList": 50, "MapList": 200}


def update_variable(attempt: Attempt) -> Result:
    """Set it; the value has to be of the variable's type."""
    name = str(attempt.raw_inputs["Name"]).strip("{} ").removeprefix("variable:")
    declared = (attempt.run.document.content.get("variables") or {}).get(name)
    if declared is None:
        raise StepError(f"There is no variable {name}.")
    value = attempt.resolve(attempt.raw_inputs["Value"])
    attempt.record_inputs({"Name": f"variable:{name}", "Value": value})
    kind = str(declared["type"])
    check_type(value, kind, f"The value for variable {name}")
    _check_size(name, kind, value)
    attempt.run.set_variable(name, value)
    return Result()


def _check_size(name: str, kind: str, value: Any) -> None:
    if kind == "String" and not 1 <= len(as_text(value)) <= _MAX_CHARACTERS:
        raise StepError(f"The value for variable {name} has 1 to {_MAX_CHARACTERS} characters.")
    if kind in _MAX_ITEMS and len(value) > _MAX_ITEMS[kind]:
        raise StepError(f"The value for variable {name} has {_MAX_ITEMS[kind]} items at most.")
