"""Schedules in words and in times: State Manager's, which are UTC, and in the reader's zone."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo
from functools import cache

from modules.policy.schedule import Cron, Rate, ScheduleError, next_runs, parse_schedule
from modules.review.report import Schedule
from modules.review.values import is_hidden

_DAYS = ("SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT")
_DAY_NAMES = ("Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday")
_ORDINALS = ("first", "second", "third", "fourth", "fifth")
LAST_YEAR = 2199  # of AWS's cron expressions


@cache
def _runs(expression: str, start: datetime, count: int) -> tuple[datetime, ...]:
    """Many associations have the same schedule."""
    try:
        if isinstance(parse_schedule(expression), Rate):
            return ()
        return tuple(next_runs(expression, start, count))
    except (ScheduleError, OverflowError):
        return ()


@dataclass(frozen=True, kw_only=True)
class Clock:
    """From when next runs are counted, how many, and in which zone they are read."""

    start: datetime
    zone: tzinfo
    zone_name: str
    runs: int = 3

    def schedule(self, expression: object) -> Schedule:
        """A schedule of the plan, which may be unknown, or refused by State Manager."""
        if expression is None:
            return Schedule(expression=None, words="once, with no schedule")
        if is_hidden(expression):
            return Schedule(expression=None, words=f"on a schedule that is {expression}")
        return _schedule(self, str(expression))

    def next_runs(self, expression: str, count: int) -> list[datetime]:
        """The next runs in UTC; none for a rate, which counts from a run that no plan knows."""
        return list(_runs(expression, self.start, count))

    def words(self, expression: str) -> str:
        """When an association of this schedule runs."""
        try:
            schedule = parse_schedule(expression)
        except ScheduleError:
            return f"on {expression}, which State Manager refuses"
        if isinstance(schedule, Rate):
            interval = expression.removeprefix("rate(").removesuffix(")").removeprefix("1 ")
            return f"every {interval}, from its last run"
        return self._cron_words(schedule)

    def _cron_words(self, cron: Cron) -> str:
        minute, hour, _, _, weekday, _ = cron.fields
        if not (minute.isdecimal() and hour.isdecimal()):
            return _interval_words(minute, hour)
        utc = f"{int(hour):02}:{int(minute):02} UTC"
        return f"{_day_words(weekday)} at {utc}{self._local(int(hour), int(minute), weekday)}"

    def _local(self, hour: int, minute: int, weekday: str) -> str:
        """The same time of day in the zone; more than one where the clocks change."""
        if self.zone is UTC:
            return ""
        times = list(dict.fromkeys(self._local_times(hour, minute, weekday)))
        return f" ({' or '.join(times)} in {self.zone_name})"

    def _local_times(self, hour: int, minute: int, weekday: str) -> Iterator[str]:
        """That time in each offset that the zone has within the next year."""
        fixed = weekday[:3] in _DAYS or weekday[:1].isdecimal()
        for week in range(53):
            moment = self.start.astimezone(UTC) + timedelta(weeks=week)
            moment = moment.replace(hour=hour, minute=minute, second=0, microsecond=0)
            local = moment.astimezone(self.zone)
            shift = (local.date() - moment.date()).days
            day = f"{_shifted(weekday, shift)} " if fixed and shift else ""
            yield f"{day}{local:%H:%M}"

    def moment(self, time: datetime) -> str:
        """A run's time, in UTC and in the zone."""
        text = f"{time:%a %Y-%m-%d %H:%M} UTC"
        if self.zone is UTC:
            return text
        return f"{text} = {time.astimezone(self.zone):%a %H:%M} {self.zone_name}"


@cache
def _schedule(clock: Clock, text: str) -> Schedule:
    """Many associations have the same schedule."""
    return Schedule(
        expression=text, words=clock.words(text), runs=tuple(clock.next_runs(text, clock.runs))
    )


def _shifted(weekday: str, shift: int) -> str:
    if "#" in weekday or weekday.endswith("L"):
        return "the day after," if shift > 0 else "the day before,"
    return f"{_DAY_NAMES[(_day_number(weekday) + shift) % 7]}s"


def _day_number(weekday: str) -> int:
    """0 is Sunday, which AWS's cron counts as 1."""
    return int(weekday[0]) - 1 if weekday[0].isdecimal() else _DAYS.index(weekday[:3])


def _day_words(weekday: str) -> str:
    if weekday in ("?", "*"):
        return "every day"
    name = _DAY_NAMES[_day_number(weekday)]
    if weekday.endswith("L"):
        return f"every last {name} of the month"
    if "#" in weekday:
        return f"every {_ORDINALS[int(weekday[-1]) - 1]} {name} of the month"
    return f"every {name}"


def _interval_words(minute: str, hour: str) -> str:
    if "/" in minute:
        first = _first(minute)
        return f"every 30 minutes, at minutes {first:02} and {first + 30}"
    step = hour.partition("/")[2]
    if step in ("", "1"):
        return f"every hour at minute {int(minute):02} UTC"
    return f"every {step} hours, on each day from {_first(hour):02}:{int(minute):02} UTC"


def _first(field: str) -> int:
    """Where a step begins."""
    start = field.partition("/")[0]
    return 0 if start == "*" else int(start)
