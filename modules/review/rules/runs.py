"""What the apply itself starts, and what of it is not known yet."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from modules.review import words
from modules.review.facts import Facts
from modules.review.model.association import Association
from modules.review.model.associations import AssociationChange
from modules.review.model.document import TYPE as DOCUMENT
from modules.review.model.document import DocumentChange
from modules.review.plan import Action
from modules.review.report import Finding, RunsOnApply, Severity
from modules.review.rules.findings import finding, resource_finding
from modules.review.values import UNKNOWN, has_unknown, shown

_ATTRIBUTES = (
    "name",
    "association_name",
    "parameters",
    "schedule_expression",
    "apply_only_at_cron_interval",
    "max_concurrency",
    "max_errors",
)


def check(facts: Facts) -> Iterator[Finding]:
    """Findings about runs."""
    for change in facts.associations:
        if change.after and change.runs != RunsOnApply.NO:
            yield _runs(change, change.after)
        if change.change.action in (Action.CREATE, Action.UPDATE, Action.REPLACE):
            yield from _unknown(change)
    yield from _documents(facts)
    yield from _shared(facts)


def _runs(change: AssociationChange, after: Association) -> Finding:
    surely = change.runs is RunsOnApply.YES
    reboots = f"; {words.reboot(after)}" if after.installs else ""
    return finding(
        "runs-on-apply",
        Severity.CRITICAL if after.installs or after.interrupts else Severity.NOTICE,
        change,
        f"{'Runs' if surely else 'May run'} as soon as it is applied:"
        f" {words.what(after)}{words.on_whom(after)}{reboots}.",
        f"Because {'; '.join(change.reasons)}.",
        *words.given(after),
    )


def _unknown(change: AssociationChange) -> Iterator[Finding]:
    after = change.change.after
    unknown = [
        name
        for name in _ATTRIBUTES
        if has_unknown(after.get(name)) and not change.change.is_computed(name)
    ]
    if change.now.targets == UNKNOWN:
        unknown.append("targets")
    if unknown:
        yield finding(
            "unknown-until-apply",
            Severity.WARNING,
            change,
            f"Not known until apply: {', '.join(unknown)}.",
            "Nobody can review what it will do: apply what it depends on first, and plan again.",
        )


def _parts(document: DocumentChange) -> str:
    if document.white_space_only:
        return "in white space alone"
    return ", ".join(document.parts) or "see the plan"


def _shared(facts: Facts) -> Iterator[Finding]:
    """Documents that other accounts may read and run."""
    for change in facts.plan.of_type(DOCUMENT):
        before, after = (_accounts(side) for side in (change.before, change.after))
        if after - before and change.is_change:
            yield resource_finding(
                "trust-widened",
                Severity.CRITICAL,
                change,
                f"The document is shared with more accounts: {', '.join(sorted(after - before))}.",
            )


def _accounts(attributes: Mapping[str, Any]) -> set[str]:
    permissions = attributes.get("permissions")
    ids = permissions.get("account_ids") if isinstance(permissions, Mapping) else None
    return {each.strip() for each in shown(ids).split(",")} if ids else set()


def _documents(facts: Facts) -> Iterator[Finding]:
    for document in facts.documents:
        users = [
            change.now.name
            for change in facts.associations
            if change.after and document.is_of(change.after.document, change.after.region)
        ]
        if document.white_space_only and users:
            continue  # that they run says it
        by = f"Associations of this plan that run it: {', '.join(users)}." if users else ""
        yield resource_finding(
            "document-changed",
            Severity.NOTICE if users else Severity.WARNING,
            document.change,
            f"The document {document.name} changes: {_parts(document)}."
            if document.certain
            else f"The document {document.name} may change: not known until apply.",
            *document.lines,
            by
            or "No association of this plan runs it; associations elsewhere that name it run at"
            " once, unless they wait for their schedule.",
        )
