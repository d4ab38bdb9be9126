"""aws:branch: go on with the step of the first choice that is true.

Source: "Creating dynamic automations with conditional branching".
"""

from __future__ import annotations

from modules.local_aws.automation.attempt import Attempt, Result
from modules.local_aws.automation.conditions import holds


def choose(attempt: Attempt) -> Result:
    """The first choice that is true, else the default; else the step's own next step."""
    inputs = attempt.raw_inputs
    attempt.record_inputs(inputs)
    seen = attempt.record.comparisons
    for index, choice in enumerate(inputs["Choices"]):
        if holds(choice, attempt.resolve, seen.__setitem__, f"Choices[{index}]"):
            return Result(next_step=str(choice["NextStep"]))
    default = inputs.get("Default")
    return Result(next_step=str(default) if default else None)
