"""aws:assertAwsResourceProperty and aws:waitForAwsResourceProperty: is a resource as it should be.

Source: "aws:assertAwsResourceProperty" and "aws:waitForAwsResourceProperty" in the Automation
actions reference. Desired booleans are written `True` and `False` there.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from modules.local_aws.automation.attempt import Attempt, Result
from modules.local_aws.automation.references import as_text
from modules.local_aws.automation.selectors import NoMatchError, select
from modules.local_aws.automation.step_failures import StepError

SECONDS_BETWEEN_CALLS = 15  # not documented


def assert_it(attempt: Attempt) -> Result:
    """Fail unless the property has a desired value."""
    found, answer = _look(attempt)
    desired = _desired(attempt)
    if not _is_desired(found, desired):
        raise StepError(
            f"{attempt.raw_inputs['PropertySelector']} is {as_text(found)}, none of the desired "
            f"values {', '.join(desired)}."
        )
    return Result(data=answer)


def wait_for_it(attempt: Attempt) -> Result:
    """Look again and again, until the property has a desired value or the time is over."""
    while True:
        found, answer = _look(attempt)
        if _is_desired(found, _desired(attempt)):
            return Result(data=answer)
        attempt.wait(SECONDS_BETWEEN_CALLS)


def _look(attempt: Attempt) -> tuple[Any, dict[str, Any]]:
    """The property, None where it is not there, and the whole answer."""
    inputs = attempt.inputs()
    service, api = str(inputs.pop("Service")).lower(), str(inputs.pop("Api"))
    selector = str(inputs.pop("PropertySelector"))
    inputs.pop("DesiredValues")
    answer = attempt.call(service, api, inputs)
    attempt.record.response = as_text(answer)
    try:
        return select(selector, answer), answer
    except NoMatchError:
        return None, answer


def _desired(attempt: Attempt) -> list[str]:
    return [as_text(value) for value in attempt.resolve(attempt.raw_inputs["DesiredValues"])]


def _is_desired(found: object, desired: Sequence[str]) -> bool:
    """A list, which a `..` selector gives, is as desired where every item is."""
    if isinstance(found, list):
        return bool(found) and all(_is_desired(item, desired) for item in found)
    if isinstance(found, bool):
        return str(found).lower() in {value.lower() for value in desired}
    return found is not None and as_text(found) in desired
