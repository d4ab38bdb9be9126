"""Moves an embedded AWS's clock, and says what State Manager does meanwhile."""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from modules.policy.schedule import next_runs

if TYPE_CHECKING:
    from rich.console import Console

    from modules.local_aws import LocalAws
    from modules.local_aws.associations import Association
    from modules.local_aws.state_manager.executions import Execution
    from modules.policy.model import PatchPolicy

AFTERWARDS = timedelta(minutes=30)
_COLOURS = {"Success": "green", "Failed": "red"}
_WORDS = {"Success": "succeeded", "Failed": "failed", "Cancelled": "spared", "Pending": "waiting"}
_REASONS = {
    "created": "is new",
    "updated": "was changed",
    "schedule": "on schedule",
    "targets": "for new nodes",
}


def end_of_first_window(policy: PatchPolicy, now: datetime) -> datetime:
    """Half an hour after the first patching that the schedule sets: Install, or else Scan."""
    schedules = [s.schedule_expression for s in (policy.install, policy.scan)]
    expression = schedules[0] if policy.operation == "ScanAndInstall" else schedules[1]
    return next_runs(expression, now + timedelta(minutes=1), 1)[0] + AFTERWARDS


def pass_time(aws: LocalAws, until: datetime, console: Console) -> None:
    """Run what is due, with a line for each run; the hourly ones are counted."""
    refreshes: Counter[str] = Counter()

    def tell(_place: object, association: Association, run: Execution) -> None:
        name = association.settings["AssociationName"].removeprefix("AWS-QuickSetup-PatchPolicy-")
        if name.startswith("BaselineRemediation"):
            refreshes[run.status] += 1
            return
        console.print(_line(name.rpartition("-")[0], run), highlight=False, soft_wrap=True)
        for reason in dict.fromkeys(t.error for t in run.targets if t.error):
            console.print(f"    [dim]{_first_line(reason)}[/]", highlight=False, soft_wrap=True)

    aws.advance(until - aws.state.now(), tell)
    for status, count in refreshes.items():
        console.print(f"  every hour       BaselineRemediation: {count} {_word(status)}")


def _line(name: str, run: Execution) -> str:
    counts = ", ".join(
        f"[{_COLOURS.get(status, 'yellow')}]{count} {_word(status)}[/]"
        for status, count in sorted(run.counts.items(), reverse=True)
    )
    reason = _REASONS.get(run.reason, run.reason)
    return f"  {run.created:%a %d %b %H:%M}  {name:<25} {reason:<13}  {counts or 'no node'}"


def _word(status: str) -> str:
    return _WORDS.get(status, status)


def _first_line(reason: str) -> str:
    """The last line of a script's traceback, which is what went wrong, in 90 characters."""
    text = reason.strip().splitlines()[-1]
    return text if len(text) <= 92 else f"{text[:91]}…"
