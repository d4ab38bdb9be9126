"""Makes findings of changes, so that every rule says the same of its subject."""

from __future__ import annotations

from modules.review.model.associations import AssociationChange
from modules.review.plan import ResourceChange
from modules.review.report import Finding, Severity


def finding(
    rule: str, severity: Severity, change: AssociationChange, message: str, *detail: str
) -> Finding:
    """A finding about an association."""
    return Finding(
        rule=rule,
        severity=severity,
        subject=change.change.address,
        name=change.now.name,
        policy=change.now.policy,
        message=message,
        detail=detail,
    )


def resource_finding(
    rule: str, severity: Severity, change: ResourceChange, message: str, *detail: str
) -> Finding:
    """A finding about any other resource."""
    return Finding(
        rule=rule,
        severity=severity,
        subject=change.address,
        name=physical_name(change),
        message=message,
        detail=detail,
    )


def physical_name(change: ResourceChange) -> str:
    """What a resource is called in AWS, as far as the plan knows."""
    for attributes in (change.after, change.before):
        for key in ("association_name", "bucket", "function_name", "role", "name", "id"):
            value = attributes.get(key)
            if isinstance(value, str):
                return value
    return ""
