"""Associations that are made anew, and what the provider cannot do without that."""

from __future__ import annotations

from collections.abc import Iterator

from modules.review.facts import Facts
from modules.review.model.association import Targets
from modules.review.model.associations import AssociationChange
from modules.review.plan import Action
from modules.review.report import Finding, Severity
from modules.review.rules.findings import finding
from modules.review.values import shown

_BOTH = (
    "The new one is created before the old one goes (create_before_destroy): for a moment there are"
    " two of that name, and both may run."
)


def check(facts: Facts) -> Iterator[Finding]:
    """Findings about replacements of associations, and about updates that go wrong."""
    for change in facts.associations:
        if change.is_new and change.before:
            yield _history_lost(change)
        if change.change.action is Action.UPDATE and change.both:
            yield from _refused(change)
            yield from _compliance_lost(change)


def _history_lost(change: AssociationChange) -> Finding:
    why = ", ".join(change.attributes).replace("parameters.", "") or "what triggers it"
    moved = (
        [f"Before, it stands at {change.before_address}: a moved block would keep it as it is."]
        if change.before_address != change.change.address
        else []
    )
    return finding(
        "history-lost",
        Severity.NOTICE,
        change,
        "The association gets a new ID: its history and compliance of before stay under the old"
        f" one. It is replaced for: {why}.",
        *moved,
        *([_BOTH] if change.change.actions == ("create", "delete") else []),
    )


def _refused(change: AssociationChange) -> Iterator[Finding]:
    """hashicorp/terraform-provider-aws#41251, seen with 5.100.0."""
    if change.both is None:
        return
    before, after = change.both
    is_automation = not after.patches and not before.patches
    if is_automation and before.targets == after.targets == Targets(by_key={}):
        yield finding(
            "update-refused",
            Severity.CRITICAL,
            change,
            "AWS refuses this update: of an association without targets, the provider sends back"
            " a placeholder target.",
            "Replace the association instead (terraform plan -replace=ADDRESS):"
            " hashicorp/terraform-provider-aws#41251.",
        )


def _compliance_lost(change: AssociationChange) -> Iterator[Finding]:
    """UpdateAssociation clears what is left out; the provider sends this only where it changes."""
    if change.both is None or change.both[0].sync_compliance != "MANUAL":
        return
    after = change.both[1].sync_compliance
    if "sync_compliance" not in change.attributes or not after:
        yield finding(
            "sync-compliance-lost",
            Severity.WARNING,
            change,
            "The update clears SyncCompliance=MANUAL: hashicorp/aws does not send it again.",
            "Replace the association instead, or compliance is taken from the association's status"
            " and not from the patches.",
        )
    elif after != "MANUAL":
        yield finding(
            "sync-compliance-lost",
            Severity.WARNING,
            change,
            f"SyncCompliance becomes {shown(after)}: compliance is taken from the association's"
            " status and not from the patches.",
        )
