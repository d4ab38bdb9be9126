"""What does not go together on the same nodes: runs at the same time, and several patch policies.

Source: "Troubleshooting Patch Manager" of the Systems Manager User Guide.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from modules.review import words
from modules.review.facts import Facts
from modules.review.model.associations import AssociationChange
from modules.review.model.crowds import crowds, with_earlier
from modules.review.report import Finding, Severity
from modules.review.rules.findings import finding
from modules.review.when import Clock

APART = timedelta(minutes=2)
HORIZON = timedelta(weeks=53)  # a fifth Sunday is one of few
_DAY = timedelta(days=1)
_SHOWN = 3


def check(facts: Facts) -> Iterator[Finding]:
    """Findings about conflicts; those that stood before the plan are for information."""
    patching = [each for each in facts.associations if each.after and each.now.patches]
    agenda = Agenda(facts.clock)
    said: set[tuple[str, str]] = set()
    for change, earlier in with_earlier(crowds(patching, facts.fleet)):
        yield from _collision(change, earlier, agenda)
        yield from _policies(change, earlier, said)


def severity(changes: Sequence[AssociationChange]) -> Severity:
    """A warning where the plan touches one of them."""
    return Severity.WARNING if any(each.is_touched for each in changes) else Severity.INFO


class Agenda:
    """When schedules run in the next year, and where two of them collide."""

    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        self._runs: dict[str, list[datetime]] = {}
        self._collisions: dict[tuple[str, str], datetime | None] = {}

    def runs(self, schedule: str) -> list[datetime]:
        """The runs of a schedule that has fixed times; of one that runs several times a day, a day.

        Such a schedule runs on every day at the same times.
        """
        if schedule not in self._runs:
            ahead = self.clock.next_runs(schedule, 2)
            apart = ahead[1] - ahead[0] if len(ahead) == 2 else HORIZON
            horizon = _DAY if apart < _DAY else HORIZON
            ahead = self.clock.next_runs(schedule, horizon // apart + 2)
            self._runs[schedule] = [run for run in ahead if run < self.clock.start + horizon]
        return self._runs[schedule]

    def collision(self, one: object, other: object) -> datetime | None:
        """The first time that two schedules begin within two minutes of each other."""
        if not isinstance(one, str) or not isinstance(other, str):
            return None
        if (one, other) not in self._collisions:
            self._collisions[one, other] = self._collision(self.runs(one), self.runs(other))
        return self._collisions[one, other]

    def _collision(self, one: list[datetime], other: list[datetime]) -> datetime | None:
        if _is_frequent(one) == _is_frequent(other):
            return _first_collision(one, other)
        frequent, rare = (one, other) if _is_frequent(one) else (other, one)
        # The rare one runs at one time of day: what holds for its first run holds for all.
        offsets = {(each - run) % _DAY for run in rare[:1] for each in frequent}
        after = min((each for each in offsets if each <= APART), default=None)
        if after is not None:
            return rare[0] + after
        return rare[0] if any(_DAY - each <= APART for each in offsets) else None


def _is_frequent(runs: Sequence[datetime]) -> bool:
    """Whether these are of a schedule that runs several times a day."""
    return len(runs) > 1 and runs[1] - runs[0] < _DAY


def _first_collision(one: Sequence[datetime], other: Sequence[datetime]) -> datetime | None:
    ahead = iter(other)
    near = next(ahead, None)
    for run in one:
        while near is not None and near < run - APART:
            near = next(ahead, None)
        if near is not None and near <= run + APART:
            return max(run, near)
    return None


def _collision(
    change: AssociationChange, earlier: Sequence[AssociationChange], agenda: Agenda
) -> Iterator[Finding]:
    now = change.now
    times = {
        each.change.address: when
        for each in earlier
        if (when := agenda.collision(each.now.schedule, now.schedule))
    }
    others = [each for each in earlier if each.change.address in times]
    if others:
        yield finding(
            "runs-collide",
            severity([change, *others]),
            change,
            f"{words.what(now)} within two minutes of {_named([o.now.name for o in others])}, on"
            f" the same nodes: first {agenda.clock.moment(min(times.values()))}.",
            "The second run of Patch Manager on a node fails where the first holds the lock.",
        )


def _policies(
    change: AssociationChange, earlier: Sequence[AssociationChange], said: set[tuple[str, str]]
) -> Iterator[Finding]:
    """A finding for the first associations by which two policies meet."""
    policy = change.now.policy
    if policy is None:
        return
    met: dict[str, AssociationChange] = {}
    for each in earlier:
        other = each.now.policy
        if other and other != policy and (other, policy) not in said:
            met[other] = each
    said |= {pair for other in met for pair in ((other, policy), (policy, other))}
    if met:
        yield finding(
            "policies-meet",
            severity([change, *met.values()]),
            change,
            f"The patch policies {_named(list(met))} and {policy} meet on"
            f" {words.targets(change.now.targets)}: each overwrites the other's compliance,"
            " and nodes are patched by both.",
        )


def _named(names: Sequence[str]) -> str:
    shown = ", ".join(names[:_SHOWN])
    return f"{shown} and {len(names) - _SHOWN} more" if len(names) > _SHOWN else shown
