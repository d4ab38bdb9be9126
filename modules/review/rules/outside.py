"""What exists or happened outside of Terraform: imports, and drift that the plan undoes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from modules.review.cosmetics import changed_attributes
from modules.review.facts import Facts
from modules.review.leaves import leaves
from modules.review.model.document import same_meaning
from modules.review.plan import Action, ResourceChange
from modules.review.report import Finding, Severity
from modules.review.rules.findings import resource_finding
from modules.review.values import measured, shown

_LONGEST = 200
_OF_PATCHING = (
    "aws_ssm_association",
    "aws_ssm_document",
    "aws_ssm_patch_baseline",
    "aws_iam_role",
    "aws_iam_role_policy",
    "aws_s3_bucket_policy",
)


def check(facts: Facts) -> Iterator[Finding]:
    """Findings about imports and drift."""
    for change in facts.plan.changes:
        if change.imported and change.action is not Action.NO_OP:
            yield _import(change)
    planned = {change.address: change for change in facts.plan.changes}
    for drift in facts.plan.drift:
        change = planned.get(drift.address, _untouched(drift))
        yield from _reverted(drift, change)
        yield from _kept(drift, change)


def _import(change: ResourceChange) -> Finding:
    anew = change.action is Action.REPLACE
    return resource_finding(
        "import-changes",
        Severity.CRITICAL if anew else Severity.WARNING,
        change,
        f"It is imported ({change.imported}) and {'replaced' if anew else 'changed'} at once.",
        *(f"{name}: {_short(change, name)}" for name in changed_attributes(change)),
    )


def _untouched(drift: ResourceChange) -> ResourceChange:
    """What a plan that leaves a resource alone does with it: one of -refresh-only lists none."""
    return replace(drift, action=Action.NO_OP, before=drift.after)


def _kept(drift: ResourceChange, change: ResourceChange) -> Iterator[Finding]:
    """What the configuration sets and ignores, or what the plan only takes note of."""
    if change.action is not Action.NO_OP:
        return
    severity = Severity.WARNING if drift.type in _OF_PATCHING else Severity.NOTICE
    if drift.action is Action.DELETE:
        yield resource_finding(
            "drift-kept",
            severity,
            drift,
            "It was deleted outside of Terraform, and the plan does not make it again.",
        )
        return
    kept = [name for name in changed_attributes(drift) if _is_set(drift, name)]
    if kept:
        yield resource_finding(
            "drift-kept",
            severity,
            drift,
            "Somebody changed it outside of Terraform, and the plan leaves it so:"
            f" {', '.join(kept)}.",
            *(f"{name}: {_short(drift, name)}" for name in kept),
        )


def _is_set(drift: ResourceChange, name: str) -> bool:
    """Whether the configuration sets it; what it leaves out may be AWS's to change."""
    before, after = drift.before.get(name), drift.after.get(name)
    if _same(before, after) or not any(old or new for _, old, new in leaves(name, before, after)):
        return False  # the provider writes nothing in other words
    return drift.arguments is None or name in drift.arguments or name == "targets"


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
    before, after = change.before.get(name), change.after.get(name)
    if len(shown(before)) + len(shown(after)) > _LONGEST:
        return f"{measured(before)} -> {measured(after)}"
    return f"{shown(before)} -> {shown(after)}"
