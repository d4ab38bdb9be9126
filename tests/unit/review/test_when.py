"""Schedules in words, and next runs beside an independent calculation over ten years."""

from __future__ import annotations

import calendar
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from modules.review.values import UNKNOWN
from modules.review.when import Clock

START = datetime(2026, 1, 1, tzinfo=UTC)
END = datetime(2036, 1, 1, tzinfo=UTC)
TOKYO = Clock(start=START, zone=ZoneInfo("Asia/Tokyo"), zone_name="Asia/Tokyo")
BERLIN = Clock(start=START, zone=ZoneInfo("Europe/Berlin"), zone_name="Europe/Berlin")
ONLY_UTC = Clock(start=START, zone=UTC, zone_name="UTC")
Days = Callable[[date], bool]


def days(fits: Days) -> Iterator[date]:
    """Every day of the ten years that fits, by the calendar alone."""
    return (
        day
        for day in (START.date() + timedelta(days=n) for n in range((END - START).days))
        if fits(day)
    )


def is_nth(weekday: int, nth: int) -> Days:
    return lambda day: day.weekday() == weekday and (day.day - 1) // 7 + 1 == nth


def is_last(weekday: int) -> Days:
    return lambda day: (
        day.weekday() == weekday and day.day + 7 > calendar.monthrange(day.year, day.month)[1]
    )


@pytest.mark.parametrize(
    ("expression", "fits", "hour", "minute"),
    [
        ("cron(0 2 ? * SUN *)", lambda day: day.weekday() == calendar.SUNDAY, 2, 0),
        ("cron(30 23 ? * 7 *)", lambda day: day.weekday() == calendar.SATURDAY, 23, 30),
        ("cron(0 1 * * ? *)", lambda _: True, 1, 0),
        ("cron(0 2 ? * TUE#2 *)", is_nth(calendar.TUESDAY, 2), 2, 0),
        ("cron(15 3 ? * THU#5 *)", is_nth(calendar.THURSDAY, 5), 3, 15),
        ("cron(0 4 ? * 1L *)", is_last(calendar.SUNDAY), 4, 0),
        ("cron(0 4 ? * 6L *)", is_last(calendar.FRIDAY), 4, 0),
    ],
)
def test_runs_are_those_of_the_calendar(
    expression: str, fits: Days, hour: int, minute: int
) -> None:
    expected = [datetime(d.year, d.month, d.day, hour, minute, tzinfo=UTC) for d in days(fits)]
    assert ONLY_UTC.next_runs(expression, len(expected)) == expected


@pytest.mark.parametrize(
    "zone", ["Europe/Berlin", "America/New_York", "Asia/Tokyo", "Australia/Lord_Howe"]
)
def test_runs_stay_where_they_are_in_utc_when_clocks_change(zone: str) -> None:
    """State Manager's schedules are UTC: in the reader's zone, their hour moves."""
    clock = Clock(start=START, zone=ZoneInfo(zone), zone_name=zone)
    for run in clock.next_runs("cron(0 2 ? * SUN *)", 520):
        local = run.astimezone(ZoneInfo(zone))
        offset = local.utcoffset()
        assert offset is not None
        assert (run.hour, run.minute) == (2, 0)
        shown = clock.moment(run)
        assert f"{local:%a %H:%M} {zone}" in shown
        assert (run + offset).replace(tzinfo=None) == local.replace(tzinfo=None)


@pytest.mark.parametrize(
    ("clock", "expression", "words"),
    [
        (ONLY_UTC, "cron(0 2 ? * SUN *)", "every Sunday at 02:00 UTC"),
        (TOKYO, "cron(0 2 ? * SUN *)", "every Sunday at 02:00 UTC (11:00 in Asia/Tokyo)"),
        (
            TOKYO,
            "cron(0 20 ? * SAT *)",
            "every Saturday at 20:00 UTC (Sundays 05:00 in Asia/Tokyo)",
        ),
        (
            TOKYO,
            "cron(0 20 ? * TUE#2 *)",
            "every second Tuesday of the month at 20:00 UTC (the day after, 05:00 in Asia/Tokyo)",
        ),
        (BERLIN, "cron(0 1 * * ? *)", "every day at 01:00 UTC (02:00 or 03:00 in Europe/Berlin)"),
        (
            BERLIN,
            "cron(30 22 ? * 1 *)",
            "every Sunday at 22:30 UTC (23:30 or Mondays 00:30 in Europe/Berlin)",
        ),
        (ONLY_UTC, "cron(0 3 ? * 3L *)", "every last Tuesday of the month at 03:00 UTC"),
        (TOKYO, "cron(0 0/1 * * ? *)", "every hour at minute 00 UTC"),
        (TOKYO, "cron(15 0/4 * * ? *)", "every 4 hours, on each day from 00:15 UTC"),
        (TOKYO, "cron(15 1/4 * * ? *)", "every 4 hours, on each day from 01:15 UTC"),
        (TOKYO, "cron(0/30 * * * ? *)", "every 30 minutes, at minutes 00 and 30"),
        (TOKYO, "cron(15/30 * * * ? *)", "every 30 minutes, at minutes 15 and 45"),
        (TOKYO, "rate(30 days)", "every 30 days, from its last run"),
        (TOKYO, "rate(1 day)", "every day, from its last run"),
        (TOKYO, "cron(0 2 1 * ? *)", "on cron(0 2 1 * ? *), which State Manager refuses"),
    ],
)
def test_a_schedule_in_words(clock: Clock, expression: str, words: str) -> None:
    assert clock.words(expression) == words


def test_what_is_not_known_is_not_guessed() -> None:
    schedule = ONLY_UTC.schedule(UNKNOWN)
    assert (schedule.expression, schedule.runs) == (None, ())
    assert schedule.words == "on a schedule that is not known until apply"


def test_a_rate_has_no_times_as_it_counts_from_a_run_that_no_plan_knows() -> None:
    assert ONLY_UTC.schedule("rate(1 day)").runs == ()


def test_there_are_as_many_runs_as_are_asked_for() -> None:
    clock = Clock(start=START, zone=UTC, zone_name="UTC", runs=7)
    assert len(clock.schedule("cron(0 1 * * ? *)").runs) == 7
