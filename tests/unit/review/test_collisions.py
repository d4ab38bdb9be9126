"""Runs of two schedules that begin within two minutes of each other."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from modules.review.rules.conflicts import Agenda
from tests.unit.review.labelled import CLOCK


@pytest.mark.parametrize(
    ("one", "other", "first"),
    [
        ("cron(0 2 ? * SUN *)", "cron(2 2 ? * SUN *)", datetime(2026, 11, 29, 2, 2)),
        ("cron(0 2 ? * SUN *)", "cron(3 2 ? * SUN *)", None),
        ("cron(0 2 ? * SUN *)", "cron(0 2 ? * MON *)", None),
        # every hour, and once a week: days after the start
        ("cron(0 * * * ? *)", "cron(1 2 ? * SUN *)", datetime(2026, 11, 29, 2, 1)),
        ("cron(1 2 ? * SUN *)", "cron(0 0/4 * * ? *)", None),
        ("cron(1 4 ? * SUN *)", "cron(0 0/4 * * ? *)", datetime(2026, 11, 29, 4, 1)),
        ("cron(59 3 ? * SUN *)", "cron(0 0/4 * * ? *)", datetime(2026, 11, 29, 4, 0)),
        # around midnight
        ("cron(59 23 ? * SUN *)", "cron(0 0 ? * MON *)", datetime(2026, 11, 30, 0, 0)),
        ("cron(59 23 ? * SUN *)", "cron(0 0/12 * * ? *)", datetime(2026, 11, 30, 0, 0)),
        # the fifth Sunday is months away
        ("cron(0 2 ? * SUN#5 *)", "cron(1 2 ? * SUN *)", datetime(2026, 11, 29, 2, 1)),
        ("cron(0 2 ? * SAT#5 *)", "cron(1 2 ? * SAT *)", datetime(2027, 1, 30, 2, 1)),
        ("cron(0 2 ? * SAT#5 *)", "cron(1 2 ? * 7L *)", datetime(2027, 1, 30, 2, 1)),
        # both several times a day
        ("cron(0/30 * * * ? *)", "cron(1 0/8 * * ? *)", datetime(2026, 11, 24, 16, 1)),
        ("cron(0/30 * * * ? *)", "cron(15 0/8 * * ? *)", None),
        ("rate(1 day)", "cron(0 2 ? * SUN *)", None),
    ],
)
def test_schedules_collide_where_they_begin_together(
    one: str, other: str, first: datetime | None
) -> None:
    expected = first and first.replace(tzinfo=UTC)
    assert Agenda(CLOCK).collision(one, other) == expected
    assert Agenda(CLOCK).collision(other, one) == expected
