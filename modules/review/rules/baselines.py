"""Which patches are approved."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from modules.review.facts import Facts
from modules.review.model.baselines import CUSTOM, BaselineSelection
from modules.review.plan import Action, ResourceChange
from modules.review.report import Finding, Severity
from modules.review.rules.findings import finding, resource_finding
from modules.review.values import is_hidden, shown

_RULES = (
    "operating_system",
    "approval_rule",
    "approved_patches",
    "approved_patches_compliance_level",
    "approved_patches_enable_non_security",
    "available_security_updates_compliance_status",
    "global_filter",
    "rejected_patches",
    "rejected_patches_action",
    "source",
)


def check(facts: Facts) -> Iterator[Finding]:
    """Findings about patch baselines."""
    for selection in facts.baselines:
        yield from _selection(selection)
    for change in facts.plan.of_type(CUSTOM):
        yield from _custom(change)
    for association in facts.associations:
        if association.both and "parameters.BaselineOverride" in association.attributes:
            before, after = (str(each.parameter("BaselineOverride")) for each in association.both)
            yield finding(
                "baseline-source-changed",
                Severity.WARNING,
                association,
                f"Nodes read their patch baselines from elsewhere: {before} -> {after}.",
            )


def _selection(selection: BaselineSelection) -> Iterator[Finding]:
    before, after = selection.before, selection.after
    if before is None or after is None or before == after:
        return
    if not isinstance(before, Mapping) or not isinstance(after, Mapping):
        hidden = after if is_hidden(after) else before
        yield resource_finding(
            "baseline-changed",
            Severity.WARNING,
            selection.change,
            f"Which patch baselines are chosen is {hidden}.",
        )
        return
    yield from _differences(selection.change, before, after)


def _differences(
    change: ResourceChange, before: Mapping[str, str], after: Mapping[str, str]
) -> Iterator[Finding]:
    missing = sorted(before.keys() - after.keys())
    if missing:
        yield resource_finding(
            "baseline-missing",
            Severity.CRITICAL,
            change,
            f"No patch baseline any more for {', '.join(missing)}: those nodes are not patched.",
            *(f"{system} had {before[system]}" for system in missing),
        )
    swapped = sorted(s for s in before.keys() & after.keys() if before[s] != after[s])
    if swapped:
        yield resource_finding(
            "baseline-changed",
            Severity.WARNING,
            change,
            f"Another patch baseline for {', '.join(swapped)}.",
            *(f"{system}: {before[system]} -> {after[system]}" for system in swapped),
        )
    added = sorted(after.keys() - before.keys())
    if added:
        yield resource_finding(
            "baseline-added",
            Severity.NOTICE,
            change,
            f"A patch baseline for {', '.join(added)}, which had none.",
            *(f"{system}: {after[system]}" for system in added),
        )


def _custom(change: ResourceChange) -> Iterator[Finding]:
    if change.action is Action.DELETE:
        yield resource_finding(
            "baseline-missing",
            Severity.CRITICAL,
            change,
            f"The custom patch baseline {shown(change.before.get('name'))} is destroyed.",
            "Where a policy chooses it, the overrides in the bucket keep its last copy, and the"
            " hourly refresh reports it missing.",
        )
    if change.action not in (Action.UPDATE, Action.REPLACE):
        return
    differing = [
        name
        for name in _RULES
        if change.before.get(name) != change.after.get(name)
        and (change.before.get(name) or change.after.get(name))
    ]
    if differing:
        yield resource_finding(
            "baseline-rules-changed",
            Severity.WARNING,
            change,
            f"The custom patch baseline {shown(change.after.get('name'))} approves other patches:"
            f" {', '.join(differing)}.",
            *(
                f"{name}: {shown(change.before.get(name))} -> {shown(change.after.get(name))}"
                for name in differing
            ),
        )
