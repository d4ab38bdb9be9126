"""The rules, a family a file; each looks at the facts and yields findings."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from modules.review.facts import Facts
from modules.review.report import Finding
from modules.review.rules import (
    baselines,
    buckets,
    conflicts,
    fleet,
    histories,
    nodes,
    operation,
    outside,
    overrides,
    permissions,
    plan,
    quotas,
    rates,
    rest,
    roles,
    runs,
    schedules,
    targets,
    windows,
)
from modules.review.rules.catalogue import RULES

_FAMILIES: Sequence[Callable[[Facts], Iterator[Finding]]] = (
    plan.check,
    plan.failed_checks,
    operation.check,
    runs.check,
    schedules.check,
    targets.check,
    rates.check,
    baselines.check,
    overrides.check,
    permissions.check,
    roles.check,
    buckets.check,
    nodes.check,
    windows.check,
    histories.check,
    outside.check,
    conflicts.check,
    quotas.check,
    fleet.check,
)


def check_all(facts: Facts) -> tuple[Finding, ...]:
    """Every finding, worst first, then in the order of the catalogue and of addresses."""
    found = [finding for family in _FAMILIES for finding in family(facts)]
    found += rest.check(facts, {each.subject for each in found})
    order = {rule: number for number, rule in enumerate(RULES)}
    return tuple(
        sorted(found, key=lambda f: (f.severity.rank, order[f.rule], f.subject, f.message))
    )
