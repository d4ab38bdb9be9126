"""When associations run."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from modules.policy.schedule import check_schedule, is_rate
from modules.review.facts import Facts
from modules.review.model.associations import AssociationChange
from modules.review.report import Finding, Severity
from modules.review.rules.findings import finding
from modules.review.values import is_hidden
from modules.review.when import Clock


def check(facts: Facts) -> Iterator[Finding]:
    """Findings about schedules."""
    for change in facts.associations:
        if change.after is None or not change.is_touched:
            continue
        yield from _refused(change)
        yield from _ignored(change)
        if change.both:
            yield from _changed(change, facts.clock)
            yield from _waiting(change)


def _refused(change: AssociationChange) -> Iterator[Finding]:
    schedule = change.now.schedule
    if schedule is None or is_hidden(schedule):
        return
    if problem := check_schedule(str(schedule)):
        yield finding(
            "schedule-refused",
            Severity.CRITICAL,
            change,
            f"State Manager refuses this schedule: {problem}.",
            "The apply fails at it, after it has changed what comes before.",
        )


def _ignored(change: AssociationChange) -> Iterator[Finding]:
    after = change.now
    if after.waits is True and is_rate(str(after.schedule)):
        yield finding(
            "wait-ignored",
            Severity.WARNING,
            change,
            f"It is to wait for its schedule, which State Manager does not support with"
            f" {after.schedule}: every edit runs at once.",
        )


def _changed(change: AssociationChange, clock: Clock) -> Iterator[Finding]:
    if change.both is None or "schedule_expression" not in change.attributes:
        return
    before, after = (clock.schedule(each.schedule) for each in change.both)
    yield finding(
        "schedule-changed",
        Severity.WARNING if change.now.installs else Severity.NOTICE,
        change,
        f"When it runs: {before.words} -> {after.words}.",
        f"Before: {before.expression or before.words}{_runs(before.runs, clock)}",
        f"After: {after.expression or after.words}{_runs(after.runs, clock)}",
    )


def _runs(runs: tuple[datetime, ...], clock: Clock) -> str:
    shown = ", ".join(clock.moment(run) for run in runs)
    return f": next {shown}" if shown else ""


def _waiting(change: AssociationChange) -> Iterator[Finding]:
    if change.both is None:
        return
    before, after = change.both
    if before.is_waiting is True and after.is_waiting is False:
        yield finding(
            "wait-changed",
            Severity.WARNING if after.patches else Severity.NOTICE,
            change,
            "From now on, every edit of it runs at once: it no longer waits for its schedule.",
        )
    if before.is_waiting is False and after.is_waiting is True:
        yield finding(
            "wait-changed",
            Severity.INFO,
            change,
            "From now on, edits of it wait for its schedule.",
        )
