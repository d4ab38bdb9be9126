"""On whom associations run."""

from __future__ import annotations

from collections.abc import Iterator

from modules.review import words
from modules.review.facts import Facts
from modules.review.model.association import Targets
from modules.review.model.associations import AssociationChange
from modules.review.model.target_sets import Relation, relation
from modules.review.report import Finding, Severity
from modules.review.rules.findings import finding


def check(facts: Facts) -> Iterator[Finding]:
    """Findings about targets."""
    for change in facts.associations:
        yield from _targets(change)


def _targets(change: AssociationChange) -> Iterator[Finding]:
    if change.both is None:
        return
    before, after = change.both
    if not isinstance(before.targets, Targets) or not isinstance(after.targets, Targets):
        return
    installs = after.installs
    old, new = words.targets(before.targets) or "none", words.targets(after.targets) or "none"
    match relation(before.targets, after.targets):
        case Relation.WIDER:
            rule, severity = "targets-widened", Severity.CRITICAL if installs else Severity.WARNING
        case Relation.NARROWER:
            rule, severity = "targets-narrowed", Severity.WARNING
        case Relation.OTHER:
            rule, severity = "targets-changed", Severity.CRITICAL if installs else Severity.WARNING
        case Relation.SAME:
            return
    yield finding(rule, severity, change, f"On whom it runs: {old} -> {new}.")
