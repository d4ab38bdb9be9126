"""aws:sleep: let time pass. Source: "aws:sleep - Delay an automation"."""

from __future__ import annotations

import re
from datetime import UTC, datetime

from modules.local_aws.automation.attempt import Attempt, Result
from modules.local_aws.automation.step_failures import StepError

MAX_SECONDS = 604_800  # seven days

_DURATION = re.compile(
    r"P(?:(?P<days>\d+)D)?(?:T(?:(?P<hours>\d+)H)?(?:(?P<minutes>\d+)M)?(?:(?P<seconds>\d+)S)?)?"
)
_UNITS = {"days": 86_400, "hours": 3_600, "minutes": 60, "seconds": 1}


def sleep(attempt: Attempt) -> Result:
    """Wait for an ISO 8601 duration, or until a timestamp of that standard."""
    inputs = attempt.inputs()
    seconds = (
        _duration(str(inputs["Duration"]))
        if "Duration" in inputs
        else _until(str(inputs["Timestamp"]), attempt.run.clock.now())
    )
    if seconds > MAX_SECONDS:
        raise StepError(f"A step can sleep for {MAX_SECONDS} seconds at most.")
    attempt.wait(seconds)
    return Result()


def _duration(text: str) -> float:
    found = _DURATION.fullmatch(text)
    if found is None or not any(found.groupdict().values()):
        raise StepError(f"{text} is not an ISO 8601 duration such as PT10M.")
    return float(sum(int(found[unit] or 0) * size for unit, size in _UNITS.items()))


def _until(text: str, now: datetime) -> float:
    try:
        end = datetime.fromisoformat(text)
    except ValueError:
        raise StepError(f"{text} is not an ISO 8601 timestamp.") from None
    aware = end if end.tzinfo else end.replace(tzinfo=UTC)
    return max(0.0, (aware - now).total_seconds())
