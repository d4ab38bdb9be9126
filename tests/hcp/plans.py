"""Small plans, in Terraform's JSON, of what a review must not miss."""

from __future__ import annotations

import copy
from typing import Any

INSTALL = "AWS-QuickSetup-PatchPolicy-InstallPatches-LA-a1b2c"
SCAN = "AWS-QuickSetup-PatchPolicy-ScanForPatches-LA-a1b2c"
_ASSOCIATION: dict[str, Any] = {
    "name": "AWS-RunPatchBaseline",
    "schedule_expression": "cron(0 2 ? * SUN *)",
    "apply_only_at_cron_interval": True,
    "max_concurrency": "10%",
    "max_errors": "2%",
    "targets": [{"key": "tag:Env", "values": ["prod"]}],
}


def association(name: str, operation: str = "Scan", **attributes: Any) -> dict[str, Any]:
    """The attributes of an association that scans or installs."""
    parameters = {"Operation": operation, "RebootOption": "NoReboot"}
    parameters |= attributes.pop("parameters", {})
    return copy.deepcopy(_ASSOCIATION) | {
        "association_name": name,
        "parameters": parameters,
        **attributes,
    }


def change(
    before: dict[str, Any] | None,
    after: dict[str, Any] | None,
    *,
    type_: str = "aws_ssm_association",
    name: str = "patching",
    **other: Any,
) -> dict[str, Any]:
    """One resource's change."""
    actions = ["no-op"] if before == after else ["update"]
    if before is None:
        actions = ["create"]
    if after is None:
        actions = ["delete"]
    return {
        "address": f"{type_}.{name}",
        "mode": "managed",
        "type": type_,
        "name": name,
        "provider_name": "registry.terraform.io/hashicorp/aws",
        "change": {
            "actions": actions,
            "before": before,
            "after": after,
            "after_unknown": {},
            "before_sensitive": {},
            "after_sensitive": {},
            **other,
        },
    }


def plan(*changes: dict[str, Any]) -> dict[str, Any]:
    """A plan of these changes."""
    return {
        "format_version": "1.2",
        "terraform_version": "1.11.4",
        "complete": True,
        "errored": False,
        "resource_changes": list(changes),
    }


def installing_begins() -> dict[str, Any]:
    """A plan that fails on `critical`: an association that only scanned installs and reboots."""
    after = association(SCAN, "Install", parameters={"RebootOption": "RebootIfNeeded"})
    return plan(change(association(SCAN), after))


def nothing_changes() -> dict[str, Any]:
    """A plan that passes without a finding."""
    return plan(change(association(SCAN), association(SCAN)))
