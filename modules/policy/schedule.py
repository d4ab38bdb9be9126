"""State Manager's own rules for the schedule of an association, which Terraform does not check.

Source: "Reference: Cron and rate expressions for Systems Manager", section "Cron and rate
expressions for associations", of the Systems Manager User Guide; for the form `1/1` and the
seconds field also the ScheduleExpression of UpdateAssociation in the SSM API reference. All
schedules are in UTC.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from modules.policy.problems import quote

SHORTEST_RATE = timedelta(minutes=30)
TOO_LONG_RATE = timedelta(days=31)

_RATE = re.compile(r"rate\(([1-9][0-9]{0,5}) (minute|hour|day)(s?)\)")
_CRON = re.compile(r"cron\((.*)\)")
_STEP = re.compile(r"(\*|[0-9]{1,2})/([0-9]{1,2})")
_WEEKDAY = re.compile(r"(SUN|MON|TUE|WED|THU|FRI|SAT|[1-7])(#[1-5])?|[1-7]L", re.IGNORECASE)
_EVERY_DAY = {("*", "?"), ("?", "*"), ("1/1", "?")}
_HOUR_STEPS = (1, 2, 4, 8, 12)

_KINDS = "cron(...) or rate(...)"
_FORMS = (
    "every 30 minutes, every 1, 2, 4, 8 or 12 hours, or one time of day on every day, one weekday,"
    " its nth (TUE#3) or its last in the month (3L)"
)


@dataclass(frozen=True)
class Rate:
    """A rate() expression: run now, then each time this has passed."""

    interval: timedelta


@dataclass(frozen=True)
class Cron:
    """A cron() expression's six fields: minutes, hours, day of month, month, weekday, year."""

    fields: tuple[str, ...]


class ScheduleError(ValueError):
    """An expression that State Manager refuses: what is wrong, and what is expected."""


def check_schedule(expression: str) -> str | None:
    """What is wrong with an association's schedule and what is expected; None where it is right."""
    try:
        parse_schedule(expression)
    except ScheduleError as refusal:
        return str(refusal)
    return None


def is_rate(expression: str) -> bool:
    """Whether the expression is a rate(), for which State Manager ignores the wait option."""
    return expression.startswith("rate(")


def parse_schedule(expression: str) -> Rate | Cron:
    """The parts of an expression; raises `ScheduleError` where `check_schedule` finds it wrong."""
    if is_rate(expression):
        return _parse_rate(expression)
    if cron := _CRON.fullmatch(expression):
        return _parse_cron(expression, cron[1])
    if expression.startswith("at("):
        raise ScheduleError(f"found {quote(expression)}, which runs once; expected {_KINDS}")
    raise ScheduleError(f"found {quote(expression)}; expected {_KINDS}")


def next_runs(expression: str, start: datetime, count: int) -> list[datetime]:
    """The next `count` runs at or after `start` (an aware datetime), in UTC.

    A rate has no fixed times: State Manager counts from the association's creation, for which
    `start` stands. There are fewer runs where the calendar ends.
    """
    schedule = parse_schedule(expression)
    start = start.astimezone(UTC)
    if isinstance(schedule, Rate):
        return [start + schedule.interval * n for n in range(count)]
    # Imported here because it brings dateutil, which only this function needs.
    from aws_croniter import AwsCroniter  # noqa: PLC0415

    minute = start.replace(second=0, microsecond=0)
    first = minute if minute == start else minute + timedelta(minutes=1)
    cron = AwsCroniter(" ".join(schedule.fields))  # type: ignore[no-untyped-call] # it has no types
    runs: list[datetime | None] = cron.get_next(first, count, inclusive=True)  # type: ignore[no-untyped-call] # as above
    return [run for run in runs if run is not None]


def _parse_rate(expression: str) -> Rate:
    match = _RATE.fullmatch(expression)
    if match is None:
        raise ScheduleError(
            f"found {quote(expression)}; expected rate(<number> minutes, hours or days)"
        )
    number, unit = int(match[1]), match[2]
    right = f"rate({number} {unit}{'' if number == 1 else 's'})"
    if expression != right:
        raise ScheduleError(f"found {quote(expression)}; expected {right}")
    interval = timedelta(**{f"{unit}s": number})
    if not SHORTEST_RATE <= interval < TOO_LONG_RATE:
        raise ScheduleError(
            f"found {quote(expression)}; expected 30 minutes or more, less than 31 days"
        )
    return Rate(interval)


def _parse_cron(expression: str, body: str) -> Cron:
    shown = quote(expression)
    fields = body.split(" ")
    if len(fields) == 7 and fields[0] == "0":
        fields = fields[1:]  # the optional seconds, which can only be 0
    if len(fields) != 6 or "" in fields:
        raise ScheduleError(
            f"found {shown}; expected six fields with one space between them:"
            " minutes, hours, day of month, month, weekday, year"
        )
    minute, hour, day, month, weekday, year = fields
    if (month, year) != ("*", "*"):
        raise ScheduleError(
            f"found {shown}; expected * as month and year, as associations support no others"
        )
    every_day = _is_every_day(shown, day, weekday)
    if not (_is_time(minute, hour) or (every_day and _is_interval(minute, hour))):
        raise ScheduleError(f"found {shown}; expected what State Manager supports: {_FORMS}")
    return Cron((minute, hour, day, month, weekday.upper(), year))


def _is_every_day(shown: str, day: str, weekday: str) -> bool:
    """Whether the days are all days, and not one weekday; anything else is refused."""
    if (day, weekday) in _EVERY_DAY:
        return True
    if day == "?" and _WEEKDAY.fullmatch(weekday):
        return False
    if "?" not in (day, weekday) or (day, weekday) == ("?", "?"):
        raise ScheduleError(f"found {shown}; expected ? as either the day of month or the weekday")
    if day == "?":
        raise ScheduleError(
            f"found {shown} with the weekday {quote(weekday)}; expected one weekday (SUN to SAT or"
            " 1 to 7), its nth (TUE#3) or its last in the month (3L)"
        )
    raise ScheduleError(
        f"found {shown} with the day of month {quote(day)}; expected * there, or ? and a weekday"
    )


def _is_number(field: str, limit: int) -> bool:
    return re.fullmatch("[0-9]{1,2}", field) is not None and int(field) < limit


def _is_time(minute: str, hour: str) -> bool:
    """Whether the fields are one time of day."""
    return _is_number(minute, 60) and _is_number(hour, 24)


def _is_interval(minute: str, hour: str) -> bool:
    """Whether the fields are every 30 minutes, or every 1, 2, 4, 8 or 12 hours."""
    if _is_step(minute, (30,)):
        return hour == "*" or _is_step(hour, (1,))
    return _is_number(minute, 60) and (hour == "*" or _is_step(hour, _HOUR_STEPS))


def _is_step(field: str, steps: tuple[int, ...]) -> bool:
    """Whether the field is an even step: it must start within the first one."""
    match = _STEP.fullmatch(field)
    if match is None or int(match[2]) not in steps:
        return False
    return match[1] == "*" or int(match[1]) < int(match[2])
