"""What the associations mean for the nodes of a fleet."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from modules.review import words
from modules.review.facts import Facts
from modules.review.model.associations import AssociationChange
from modules.review.model.reach import left_out, targeted
from modules.review.report import Finding, Severity
from modules.review.rules.findings import finding

_SHOWN = 20


def check(facts: Facts) -> Iterator[Finding]:
    """Findings about nodes; none without a fleet."""
    if facts.fleet is None:
        return
    for change in facts.associations:
        if change.after and change.now.patches:
            yield from _nodes(change, facts)


def _nodes(change: AssociationChange, facts: Facts) -> Iterator[Finding]:
    if facts.fleet is None:
        return
    nodes = targeted(change.now, facts.fleet)
    if nodes is None:
        return
    severity = Severity.WARNING if change.is_touched else Severity.INFO
    if not nodes:
        yield finding(
            "no-node-reached",
            severity,
            change,
            f"{words.what(change.now)}{words.on_whom(change.now)}: the fleet has no such node.",
        )
    reasons: dict[str, list[str]] = defaultdict(list)
    for node, why in left_out(change.now, nodes, facts.fleet, facts.plan, facts.baselines):
        reasons[why].append(node.id)
    for why, ids in sorted(reasons.items()):
        more = f" and {len(ids) - _SHOWN} more" if len(ids) > _SHOWN else ""
        yield finding(
            "node-left-out",
            severity,
            change,
            f"{len(ids)} of {len(nodes)} targeted nodes left out: {why}.",
            f"{', '.join(ids[:_SHOWN])}{more}",
        )
