"""Targets as the NameTagRemediation runbook takes them."""

from __future__ import annotations

import json

from modules.policy.model import AllNodes, InstanceIds, ResourceGroup, TagTarget, Targets


def target_values(targets: Targets) -> str:
    """The runbook's parameter `TargetValues`: compact JSON, of at most 512 characters."""
    match targets:
        case TagTarget(key=key, value=None) | ResourceGroup(name=key):
            values = {"Key": key}
        case TagTarget(key=key, value=str(value)):
            values = {"Key": key, "Value": value}
        case InstanceIds(ids=ids):
            values = {"Key": ",".join(ids)}
        case AllNodes():
            values = {"Key": "*"}
    text = json.dumps(values, ensure_ascii=False, separators=(",", ":"))
    # Escaped as Terraform's jsonencode does, so that plain Terraform passes the same text.
    return text.replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")
