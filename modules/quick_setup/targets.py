"""A policy's targets in each form that Systems Manager wants them.

Command documents, Automation documents and the name-tag remediation's own parameters write the
same choice differently; this is the one place that knows how. The forms are those of Quick Setup's
own template (SSM document `AWSQuickSetupType-PatchPolicy-CFN-TA`).
"""

from __future__ import annotations

from dataclasses import dataclass

from modules.policy.model import AllNodes, InstanceIds, ResourceGroup, TagTarget, Targets
from modules.policy.targets import target_values

_TYPES = {
    TagTarget: "Tags",
    ResourceGroup: "ResourceGroups",
    InstanceIds: "InstanceIds",
    AllNodes: "*",
}


@dataclass(frozen=True, kw_only=True)
class Target:
    """One target of an association."""

    key: str
    values: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class RemediationTarget:
    """The targets as parameters of the name-tag remediation; `values` is a JSON text."""

    type: str
    values: str


def command_target(targets: Targets) -> Target:
    """The target of an association that runs a Command document."""
    match targets:
        case ResourceGroup(name):
            return Target(key="resource-groups:Name", values=(name,))
        case InstanceIds(ids):
            return Target(key="InstanceIds", values=ids)
        case _:
            return _tag_or_all(targets)


def automation_target(targets: Targets) -> Target:
    """The target of an association that runs an Automation document once for each node."""
    match targets:
        case ResourceGroup(name):
            return Target(key="ResourceGroup", values=(name,))
        case InstanceIds(ids):
            return Target(key="ParameterValues", values=ids)
        case _:
            return _tag_or_all(targets)


def remediation_target(targets: Targets) -> RemediationTarget:
    """`TargetType` and `TargetValues` of the name-tag remediation."""
    return RemediationTarget(type=_TYPES[type(targets)], values=target_values(targets))


def _tag_or_all(targets: Targets) -> Target:
    match targets:
        case TagTarget(key=key, value=None):
            return Target(key="tag-key", values=(key,))
        case TagTarget(key=key, value=str(value)):
            return Target(key=f"tag:{key}", values=(value,))
        case _:
            return Target(key="InstanceIds", values=("*",))
