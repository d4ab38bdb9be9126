"""Which patches are approved outside of a patch policy's selection: by groups, defaults, a file."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from modules.review.facts import Facts
from modules.review.leaves import text_lines
from modules.review.model.document import parsed
from modules.review.plan import Action, ResourceChange
from modules.review.report import Finding, Severity
from modules.review.rules.findings import resource_finding
from modules.review.values import shown

# What says which baseline whose nodes have.
_CHOICES: Mapping[str, str] = {
    "aws_ssm_patch_group": "patch_group",
    "aws_ssm_default_patch_baseline": "operating_system",
}
_OBJECTS = ("aws_s3_object", "aws_s3_bucket_object")
OVERRIDES = "baseline_overrides.json"


def check(facts: Facts) -> Iterator[Finding]:
    """Findings about baselines that are chosen or written by a resource of their own."""
    for change in facts.plan.of_type(*_CHOICES):
        yield from _chosen(change)
    for change in facts.plan.of_type(*_OBJECTS):
        yield from _overrides(change)


def _chosen(change: ResourceChange) -> Iterator[Finding]:
    """Baselines of nodes that no patch policy's overrides reach."""
    key = _CHOICES[change.type]
    before, after = (
        {name: side.get(name) for name in (key, "baseline_id")} if side else None
        for side in (change.before, change.after)
    )
    if not change.is_change or before == after:
        return
    whose = (after or before or {}).get(key)
    old, new = ((side or {}).get("baseline_id", "another") for side in (before, after))
    yield resource_finding(
        "baseline-changed",
        Severity.WARNING,
        change,
        f"Another patch baseline for {key.replace('_', ' ')} {shown(whose)}:"
        f" {shown(old)} -> {shown(new)}.",
        "Nodes obey it where AWS-RunPatchBaseline gets no BaselineOverride.",
    )


def _overrides(change: ResourceChange) -> Iterator[Finding]:
    """The overrides themselves, where Terraform writes the object."""
    sides = (change.before, change.after)
    if not change.is_change or not any(
        shown(each.get("key")).endswith(OVERRIDES) for each in sides
    ):
        return
    if change.action is Action.DELETE:
        yield resource_finding(
            "baseline-missing",
            Severity.CRITICAL,
            change,
            f"{OVERRIDES} is destroyed: nodes that are pointed to it are not patched.",
        )
        return
    old, new = (_content(each) for each in sides)
    yield resource_finding(
        "baseline-rules-changed",
        Severity.WARNING,
        change,
        f"{OVERRIDES} approves other patches."
        if change.before
        else f"{OVERRIDES} is written: it says which patches are approved.",
        *(text_lines("overrides", old, new) if change.before else ()),
    )


def _content(attributes: Mapping[str, Any]) -> Any:
    content = attributes.get("content")
    found = parsed(content)
    return content if found is None else found
