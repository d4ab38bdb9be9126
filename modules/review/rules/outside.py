"""What exists or happened outside of Terraform: imports, and drift that the plan undoes."""

from __future__ import annotations

from collections.abc import Iterator

from modules.review.cosmetics import changed_attributes
from modules.review.facts import Facts
from modules.review.model.document import same_meaning
from modules.review.plan import Action, ResourceChange
from modules.review.report import Finding, Severity
from modules.review.rules.findings import resource_finding
from modules.review.values import shown

_LONGEST = 200


def check(facts: Facts) -> Iterator[Finding]:
    """Findings about imports and drift."""
    for change in facts.plan.changes:
        if change.imported and change.action is not Action.NO_OP:
            yield _import(change)
    planned = {change.address: change for change in facts.plan.changes}
    for drift in facts.plan.drift:
        if drift.address in planned:
            yield from _reverted(drift, planned[drift.address])


def _import(change: ResourceChange) -> Finding:
    anew = change.action is Action.REPLACE
    return resource_finding(
        "import-changes",
        Severity.CRITICAL if anew else Severity.WARNING,
        change,
        f"It is imported ({change.imported}) and {'replaced' if anew else 'changed'} at once.",
        *(f"{name}: {_short(change, name)}" for name in changed_attributes(change)),
    )


def _reverted(drift: ResourceChange, change: ResourceChange) -> Iterator[Finding]:
    if change.action is Action.CREATE and drift.action is Action.DELETE:
        yield resource_finding(
            "drift-reverted",
            Severity.WARNING,
            change,
            "It was deleted outside of Terraform, and is created again.",
        )
    if change.action not in (Action.UPDATE, Action.REPLACE):
        return
    undone = [
        name
        for name in changed_attributes(change)
        if not _same(drift.before.get(name), drift.after.get(name))
        and _same(drift.before.get(name), change.after.get(name))
    ]
    if undone:
        yield resource_finding(
            "drift-reverted",
            Severity.WARNING,
            change,
            f"Somebody changed it outside of Terraform; the plan undoes that: {', '.join(undone)}.",
            *(f"{name}: {_short(change, name)}" for name in undone),
        )


def _same(one: object, other: object) -> bool:
    """Whether two values mean the same; AWS gives policies back in another order."""
    if not one and not other:
        return True
    if one == other:
        return True
    return isinstance(one, str) and one.lstrip()[:1] in "{[" and same_meaning(one, other)


def _short(change: ResourceChange, name: str) -> str:
    before, after = shown(change.before.get(name)), shown(change.after.get(name))
    if len(before) + len(after) > _LONGEST:
        return f"{len(before)} characters -> {len(after)} characters"
    return f"{before} -> {after}"
