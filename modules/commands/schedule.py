"""`patch-policy schedule`: when the associations of policies run next."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, tzinfo
from pathlib import Path

from modules.commands.times import count, moment, zone
from modules.policy.loader import load_policies
from modules.policy.locate import policy_files
from modules.policy.model import PatchPolicy
from modules.policy.schedule import is_rate, next_runs
from modules.quick_setup.associations import (
    AssociationSpec,
    node_associations,
    refresh_association,
)
from modules.quick_setup.names import Place

HEADINGS = ("Association", "Schedule", "When created or changed", "Next runs in UTC")
RATE_NOTE = "State Manager counts rate() from the last run: shown from the start given."
Row = tuple[str, ...]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The verb's arguments."""
    parser.add_argument(
        "policies",
        metavar="POLICY",
        type=Path,
        nargs="+",
        help="a policy file, a folder of them, or - for standard input",
    )
    parser.add_argument(
        "--runs", metavar="N", type=count, default=3, help="how many runs each (default: 3)"
    )
    parser.add_argument(
        "--timezone",
        metavar="ZONE",
        type=zone,
        help="a second time zone, such as Asia/Tokyo (default: this machine's)",
    )
    parser.add_argument(
        "--from",
        dest="start",
        metavar="ISO",
        type=moment,
        help="runs at or after this time, such as 2026-01-31T12:00+09:00 (default: now)",
    )


def run(arguments: argparse.Namespace) -> int:
    """Print the table; 0."""
    policies = load_policies(policy_files(arguments.policies))
    start = arguments.start or datetime.now(UTC)
    associations = [each for policy in policies for each in _associations(policy)]
    rows = [
        row
        for association in associations
        for row in _rows(association, start, arguments.runs, arguments.timezone)
    ]
    _print_table((*HEADINGS, str(arguments.timezone or "Local time")), rows)
    if any(is_rate(each.schedule_expression or "") for each in associations):
        sys.stdout.write(f"\n{RATE_NOTE}\n")
    return 0


def _associations(policy: PatchPolicy) -> Iterator[AssociationSpec]:
    # Names and schedules are the same in every region and every account.
    yield from node_associations(policy, Place(account="", partition="", region=""))
    if policy.owns_baseline_store:
        yield refresh_association(policy)


def _rows(
    association: AssociationSpec, start: datetime, count: int, zone: tzinfo | None
) -> Iterator[Row]:
    """A line for each run; what does not change stands in the first alone."""
    expression = association.schedule_expression
    waits = "waits" if association.apply_only_at_cron_interval else "runs at once"
    first = (association.association_name, expression or "once", waits)
    times = next_runs(expression, start, count) if expression else []
    for number, time in enumerate(times):
        head = ("", "", "") if number else first
        yield (*head, _minute(time), _minute(time.astimezone(zone)))
    if not times:
        yield (*first, "", "")


def _minute(time: datetime) -> str:
    return time.strftime("%a %Y-%m-%d %H:%M")


def _print_table(headings: Row, rows: Sequence[Row]) -> None:
    if sys.stdout.isatty():
        _print_rich_table(headings, rows)
        return
    widths = [max(map(len, column)) for column in zip(headings, *rows, strict=True)]
    for row in (headings, *rows):
        cells = (cell.ljust(width) for cell, width in zip(row, widths, strict=True))
        sys.stdout.write("  ".join(cells).rstrip() + "\n")


def _print_rich_table(headings: Row, rows: Sequence[Row]) -> None:
    # Imported here because only a terminal needs it.
    from rich.console import Console  # noqa: PLC0415
    from rich.table import Table  # noqa: PLC0415

    table = Table(*headings)
    for row in rows:
        table.add_row(*row, end_section=False)
    Console().print(table)
