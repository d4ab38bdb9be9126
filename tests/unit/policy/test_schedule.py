"""State Manager's schedule rules, against AWS's documentation and against a count of our own."""

from __future__ import annotations

import calendar
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modules.policy.schedule import check_schedule, is_rate, next_runs

# "Cron and rate expressions for associations" in the Systems Manager User Guide, and in the last
# three lines ScheduleExpression of UpdateAssociation in older editions of the SSM API reference.
DOCUMENTED = [
    "cron(0/30 * * * ? *)",
    "cron(0 0/1 * * ? *)",
    "cron(0 0/2 * * ? *)",
    "cron(0 0/4 * * ? *)",
    "cron(0 0/8 * * ? *)",
    "cron(0 0/12 * * ? *)",
    "cron(15 13 ? * * *)",
    "cron(15 13 ? * MON *)",
    "cron(30 23 ? * TUE#3 *)",
    "cron(0 0 ? * THU#2 *)",
    "cron(0 0 ? * 3L *)",
    "cron(0 16 ? * TUE *)",
    "cron(0 2 ? * SUN *)",
    "cron(0 0 2 ? * SUN *)",
    "cron(0 */30 * * * ? *)",
    "rate(30 minutes)",
    "rate(1 hour)",
    "rate(5 hours)",
    "rate(7 days)",
    "rate(15 days)",
    "cron(0 0/30 * 1/1 * ? *)",
    "cron(0 0 0/4 1/1 * ? *)",
    "cron(0 0 10 ? * SUN *)",
]
# The same forms in other spellings that the documented fields allow.
EQUIVALENT = [
    "cron(0 1 * * ? *)",
    "cron(0 2 ? * SAT#1 *)",
    "cron(0 2 ? * sun *)",
    "cron(0 2 ? * 1 *)",
    "cron(0 2 ? * 3#5 *)",
    "cron(59 23 ? * 7L *)",
    "cron(5 * * * ? *)",
    "cron(15/30 * * * ? *)",
    "cron(0/30 0/1 * * ? *)",
    "cron(45 */4 ? * * *)",
    "cron(0 3/4 * * ? *)",
    "cron(00 02 * * ? *)",
    "rate(44639 minutes)",
    "rate(743 hours)",
    "rate(1 day)",
    "rate(30 days)",
]
REFUSED = [
    "",
    "cron()",
    "cron(* * * * ? *)",
    "cron(0,30 * * * ? *)",
    "cron(0/10 * * * ? *)",
    "cron(0/30 0/2 * * ? *)",
    "cron(0/30 1 * * ? *)",
    "cron(45/30 * * * ? *)",
    "cron(0 0/6 * * ? *)",
    "cron(0 4/4 * * ? *)",
    "cron(0 1-5 * * ? *)",
    "cron(60 1 * * ? *)",
    "cron(0 24 * * ? *)",
    "cron(0 1 L * ? *)",
    "cron(0 1 15W * ? *)",
    "cron(0 1 2/1 * ? *)",
    "cron(0 1 ? * ? *)",
    "cron(0 1 ? * 0 *)",
    "cron(0 1 ? * 8 *)",
    "cron(0 1 ? * L *)",
    "cron(0 1 ? * TUEL *)",
    "cron(0 1 ? * TUE#6 *)",
    "cron(0 1 ? * TUE#0 *)",
    "cron(0 1 ? * TUESDAY *)",
    "cron(0 1 1 * MON *)",
    "cron(0 1 ? JAN MON *)",
    "cron(0/30 * ? * MON *)",
    "cron(0 1 * * ?)",
    "cron(1 0 1 * * ? *)",
    "cron(0 1 * * ? *) ",
    "cron(0 1 * * ? *)\n",
    "cron (0 1 * * ? *)",
    "cron( 0 1 * * ? *)",
    "Cron(0 1 * * ? *)",
    "rate(30 minute)",
    "rate(1 minute)",
    "rate(0 days)",
    "rate(01 hour)",
    "rate(1.5 hours)",
    "rate(-1 days)",
    "rate(30  minutes)",
    "rate(744 hours)",
    "rate(44640 minutes)",
    "rate(999999 days)",
    "rate(9999999 days)",
    "rate(1 week)",
    "rate(\u0661 day)",
    "at(2026-01-31T12:00:00)",
]


@pytest.mark.parametrize("expression", [*DOCUMENTED, *EQUIVALENT])
def test_supported_schedule_is_accepted(expression: str) -> None:
    assert check_schedule(expression) is None


@pytest.mark.parametrize("expression", REFUSED)
def test_unsupported_schedule_is_refused_with_words(expression: str) -> None:
    message = check_schedule(expression)
    assert message is not None
    assert message.startswith("found ")
    assert "; expected " in message


@given(st.text() | st.builds("cron({})".format, st.text("0123456789*?/#LWMONSU- ,")))
def test_any_text_is_answered(expression: str) -> None:
    message = check_schedule(expression)
    assert message is None or message.isprintable()


@pytest.mark.parametrize(
    "expression", [text for text in (*DOCUMENTED, *EQUIVALENT) if text.startswith("cron")]
)
def test_runs_are_those_found_by_trying_every_minute(expression: str) -> None:
    """Six years around a leap day, but at most 700 runs."""
    start, end = datetime(2027, 6, 1, tzinfo=UTC), datetime(2033, 6, 1, tzinfo=UTC)
    expected = runs_by_trying(expression, start, end)[:700]
    assert len(expected) > 20
    assert next_runs(expression, start, len(expected)) == expected


def runs_by_trying(expression: str, start: datetime, end: datetime) -> list[datetime]:
    """An implementation of our own: every minute of every day against the fields' meaning."""
    minutes, hours, day, _, weekday, _ = expression[5:-1].split(" ")[-6:]
    times = [
        timedelta(hours=hour, minutes=minute)
        for hour in range(24)
        for minute in range(60)
        if matches(hours, hour) and matches(minutes, minute)
    ]
    days = (start + timedelta(days=number) for number in range((end - start).days))
    return [
        date + time for date in days if day != "?" or is_weekday(weekday, date) for time in times
    ]


def matches(field: str, number: int) -> bool:
    first, _, step = field.partition("/")
    begin = 0 if first == "*" else int(first)
    if step or first == "*":
        return number >= begin and (number - begin) % int(step or 1) == 0
    return number == begin


def is_weekday(field: str, date: datetime) -> bool:
    """Whether the date is on the weekday, is its nth or its last of the month."""
    names = ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"]
    wanted, _, nth = field.upper().partition("#")
    if wanted == "*":
        return True
    is_last = wanted.endswith("L")
    wanted = wanted.removesuffix("L")
    name = wanted if wanted in names else names[int(wanted) - 1]
    if names[date.isoweekday() % 7] != name:
        return False
    if is_last:
        return date.day + 7 > calendar.monthrange(date.year, date.month)[1]
    return not nth or (date.day + 6) // 7 == int(nth)


def test_a_run_at_the_start_itself_counts() -> None:
    start = datetime(2026, 1, 31, 1, 0, tzinfo=UTC)
    assert next_runs("cron(0 1 * * ? *)", start, 1) == [start]


def test_a_run_in_the_minute_that_has_begun_does_not_count() -> None:
    start = datetime(2026, 1, 31, 1, 0, 0, 1, tzinfo=UTC)
    assert next_runs("cron(0 1 * * ? *)", start, 1) == [datetime(2026, 2, 1, 1, tzinfo=UTC)]


def test_runs_are_in_utc_whatever_the_start_is_in() -> None:
    start = datetime(2026, 1, 31, 9, 30, tzinfo=timezone(timedelta(hours=9)))
    (run,) = next_runs("cron(0 1 * * ? *)", start, 1)
    assert (run, run.tzinfo) == (datetime(2026, 1, 31, 1, tzinfo=UTC), UTC)


def test_a_rate_runs_at_the_start_and_then_at_its_interval() -> None:
    start = datetime(2026, 1, 31, 9, 30, 15, tzinfo=UTC)
    assert next_runs("rate(36 hours)", start, 3) == [
        start,
        start + timedelta(hours=36),
        start + timedelta(hours=72),
    ]


def test_runs_end_where_the_calendar_of_cron_ends() -> None:
    start = datetime(2199, 12, 30, tzinfo=UTC)
    assert len(next_runs("cron(0 1 * * ? *)", start, 5)) == 2


def test_a_refused_schedule_has_no_runs() -> None:
    with pytest.raises(ValueError, match="expected rate"):
        next_runs("rate(1 days)", datetime(2026, 1, 31, tzinfo=UTC), 1)


def test_rate_and_cron_are_told_apart() -> None:
    assert is_rate("rate(1 day)")
    assert not is_rate("cron(0 1 * * ? *)")
