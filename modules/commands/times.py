"""Arguments that are times, zones and numbers of runs."""

from __future__ import annotations

import argparse
from datetime import UTC, datetime, tzinfo
from zoneinfo import ZoneInfo

FIRST_YEAR, LAST_YEAR = 1970, 2199  # the years of AWS's cron expressions
MOST_RUNS = 1000


def count(text: str) -> int:
    """How many runs."""
    if text.isdecimal() and 1 <= int(text[:5]) <= MOST_RUNS:
        return int(text)
    raise argparse.ArgumentTypeError(f"found {text!r}; expected a number from 1 to {MOST_RUNS}")


def zone(text: str) -> tzinfo:
    """A time zone by its name."""
    if text == "UTC":
        return UTC
    try:
        return ZoneInfo(text)
    except (OSError, ValueError, KeyError):
        message = f"found {text!r}; expected a time zone such as Asia/Tokyo"
        raise argparse.ArgumentTypeError(message) from None


def moment(text: str) -> datetime:
    """A time; without an offset it is in UTC."""
    try:
        time = datetime.fromisoformat(text)
    except ValueError:
        message = f"found {text!r}; expected a time such as 2026-01-31T12:00+09:00"
        raise argparse.ArgumentTypeError(message) from None
    if not FIRST_YEAR < time.year < LAST_YEAR:
        message = f"found the year {time.year}; expected one from {FIRST_YEAR + 1} to"
        raise argparse.ArgumentTypeError(f"{message} {LAST_YEAR - 1}")
    return time if time.tzinfo else time.replace(tzinfo=UTC)
