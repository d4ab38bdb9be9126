"""Which patches are approved."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from modules.review.facts import Facts
from modules.review.leaves import text_lines
from modules.review.model.associations import AssociationChange
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
_WITHOUT = "operating_systems_without_baseline"
_SOURCES = {
    "BaselineOverride": "Nodes read their patch baselines from elsewhere",
    "InstallOverrideList": "Nodes install by a list, which overrides their patch baselines",
}


def check(facts: Facts) -> Iterator[Finding]:
    """Findings about patch baselines."""
    for selection in facts.baselines:
        yield from _selection(selection)
    yield from _without(facts)
    for change in facts.plan.of_type(CUSTOM):
        yield from _custom(change)
    for association in facts.associations:
        yield from _sources(association)


def _without(facts: Facts) -> Iterator[Finding]:
    """Systems that a new policy has no baseline for: the stacks have an output that lists them."""
    systems = facts.plan.outputs.get(_WITHOUT)
    new = [each for each in facts.baselines if each.before is None]
    if new and isinstance(systems, list) and systems:
        listed = ", ".join(map(str, systems))
        yield resource_finding(
            "baseline-missing",
            Severity.WARNING,
            new[0].change,
            f"AWS has no predefined patch baseline in this region for {listed}: those nodes are not"
            " patched.",
        )


def _sources(change: AssociationChange) -> Iterator[Finding]:
    for name, meaning in _SOURCES.items():
        if change.both and f"parameters.{name}" in change.attributes:
            before, after = (shown(each.parameter(name)) for each in change.both)
            yield finding(
                "baseline-source-changed",
                Severity.WARNING,
                change,
                f"{meaning}: {before} -> {after}.",
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
                line
                for name in differing
                for line in text_lines(name, change.before.get(name), change.after.get(name))
            ),
        )
