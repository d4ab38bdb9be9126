"""The patch runs of the next four weeks, before and after the apply, for a calendar."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from modules.review.model.association import Association
from modules.review.model.associations import AssociationChange
from modules.review.report import CalendarEntry
from modules.review.when import Clock

WEEKS = 4
MOST_A_DAY = 4  # what runs more often is said in words


def calendar(
    changes: tuple[AssociationChange, ...], clock: Clock, hours: Mapping[str, float]
) -> Iterator[CalendarEntry]:
    """Runs at fixed times, in their order; a run that differs is there as it was and as it is.

    `hours` is how long the associations run at most, by their addresses.
    """
    found = [entry for change in changes for entry in _entries(change, clock)]
    for entry in sorted(found, key=lambda each: (each.start, each.name, each.when)):
        if entry.when != "before" and entry.address in hours:
            end = entry.start + timedelta(hours=hours[entry.address])
            yield replace(entry, end=end)
        else:
            yield entry


def _entries(change: AssociationChange, clock: Clock) -> Iterator[CalendarEntry]:
    before, after = _runs(change.before, clock), _runs(change.after, clock)
    same = _kind(change.before) == _kind(change.after)
    for run in sorted({*before, *after}):
        if run in before and run in after and same:
            yield _entry(change.after, run, "both")
            continue
        if run in before:
            yield _entry(change.before, run, "before")
        if run in after:
            yield _entry(change.after, run, "after")


def _kind(association: Association | None) -> object:
    """What a calendar shows of an association besides its times."""
    return association and (association.operation, association.reboots)


def _runs(association: Association | None, clock: Clock) -> frozenset[datetime]:
    if association is None or not association.patches or not isinstance(association.schedule, str):
        return frozenset()
    most = WEEKS * 7 * MOST_A_DAY + 1
    runs = clock.next_runs(association.schedule, most)
    end = clock.start.astimezone(UTC) + timedelta(weeks=WEEKS)
    ahead = frozenset(run for run in runs if run < end)
    return ahead if len(ahead) < most else frozenset()


def _entry(association: Association | None, run: datetime, when: str) -> CalendarEntry:
    if association is None:
        raise ValueError("a run of no association")
    operation = association.operation
    return CalendarEntry(
        address=association.address,
        name=association.name,
        policy=association.policy,
        operation=operation if isinstance(operation, str) else "Scan or Install",
        reboots=association.reboots,
        when=when,
        start=run,
    )
