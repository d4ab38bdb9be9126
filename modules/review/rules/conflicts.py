"""What does not go together: runs at the same time, policies on the same nodes, names, quotas.

Sources: "Troubleshooting Patch Manager" of the Systems Manager User Guide for runs at the same
time; "AWS Systems Manager endpoints and quotas" for 20 associations on a node.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from itertools import combinations

from modules.review import words
from modules.review.facts import Facts
from modules.review.model.association import Association, Targets
from modules.review.model.associations import AssociationChange
from modules.review.model.target_sets import surely_meet
from modules.review.report import Finding, Severity
from modules.review.rules.findings import finding
from modules.review.when import Clock

APART = timedelta(minutes=2)
HORIZON = timedelta(weeks=4)
MOST_PER_NODE = 20
_MOST_RUNS = 48 * 28 + 1  # every half hour, for four weeks


def check(facts: Facts) -> Iterator[Finding]:
    """Findings about conflicts; those that stood before the plan are for information."""
    after = [change for change in facts.associations if change.after]
    patching = [change for change in after if change.now.patches]
    yield from _collisions(patching, facts.clock)
    yield from _meetings(patching)
    yield from _twice(after)
    yield from _too_many(after)


def _severity(*changes: AssociationChange) -> Severity:
    return Severity.WARNING if any(each.is_touched for each in changes) else Severity.INFO


def _meet(first: Association, second: Association) -> bool:
    if first.region and second.region and first.region != second.region:
        return False
    if not isinstance(first.targets, Targets) or not isinstance(second.targets, Targets):
        return False
    return surely_meet(first.targets, second.targets)


def _collisions(patching: Sequence[AssociationChange], clock: Clock) -> Iterator[Finding]:
    runs = {each.change.address: runs_ahead(each.now, clock) for each in patching}
    for first, second in combinations(patching, 2):
        if not _meet(first.now, second.now):
            continue
        when = _first_collision(runs[first.change.address], runs[second.change.address])
        if when:
            yield finding(
                "runs-collide",
                _severity(first, second),
                second,
                f"{words.what(second.now)} begins within two minutes of {first.now.name}, on the"
                f" same nodes: first {clock.moment(when)}.",
                "The second run of Patch Manager on a node fails where the first holds the lock.",
            )


def runs_ahead(association: Association, clock: Clock) -> list[datetime]:
    """Its runs of the next four weeks, as far as they are at fixed times."""
    if not isinstance(association.schedule, str):
        return []
    runs = clock.next_runs(association.schedule, _MOST_RUNS if "/" in association.schedule else 29)
    return [run for run in runs if run < clock.start + HORIZON]


def _first_collision(one: Sequence[datetime], other: Sequence[datetime]) -> datetime | None:
    ahead = iter(other)
    near = next(ahead, None)
    for run in one:
        while near is not None and near < run - APART:
            near = next(ahead, None)
        if near is not None and near <= run + APART:
            return max(run, near)
    return None


def _meetings(patching: Sequence[AssociationChange]) -> Iterator[Finding]:
    said = set()
    for first, second in combinations(patching, 2):
        one, other = first.now.policy, second.now.policy
        if not one or not other or one == other or (one, other) in said:
            continue
        if _meet(first.now, second.now):
            said.add((one, other))
            yield finding(
                "policies-meet",
                _severity(first, second),
                second,
                f"The patch policies {one} and {other} meet on {words.targets(second.now.targets)}:"
                " each overwrites the other's compliance, and nodes are patched by both.",
            )


def _twice(after: Sequence[AssociationChange]) -> Iterator[Finding]:
    by_name = defaultdict(list)
    for change in after:
        by_name[change.change.module, change.now.region, change.now.name].append(change)
    for changes in by_name.values():
        if len(changes) > 1:
            others = ", ".join(each.change.address for each in changes[:-1])
            yield finding(
                "name-twice",
                _severity(*changes),
                changes[-1],
                f"State Manager allows two associations of one name, and runs both: {others} has"
                " the same name.",
            )


def _too_many(after: Sequence[AssociationChange]) -> Iterator[Finding]:
    said: set[object] = set()
    for change in after:
        together = [each for each in after if _meet(each.now, change.now)]
        targets = words.targets(change.now.targets)
        if len(together) > MOST_PER_NODE and targets not in said:
            said.add(targets)
            yield finding(
                "too-many-associations",
                _severity(*together),
                change,
                f"{len(together)} associations run on {targets}; a node can have {MOST_PER_NODE}.",
            )
