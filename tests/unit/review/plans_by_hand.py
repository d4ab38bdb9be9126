"""Small plans written by hand, for what the provider cannot be made to plan."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from modules.review.plan import Plan, build_plan
from modules.review.plan_source import plan_document
from modules.review.report import Report
from modules.review.review import review
from tests.unit.review.labelled import CLOCK

SCAN: Mapping[str, Any] = {
    "association_name": "AWS-QuickSetup-PatchPolicy-ScanForPatches-LA-a1b2c",
    "name": "AWS-RunPatchBaseline",
    "schedule_expression": "cron(0 1 * * ? *)",
    "apply_only_at_cron_interval": False,
    "parameters": {"Operation": "Scan"},
    "targets": [{"key": "tag:Env", "values": ["prod"]}],
    "max_concurrency": "10%",
    "max_errors": "2%",
}
INSTALL: Mapping[str, Any] = {
    **SCAN,
    "association_name": "AWS-QuickSetup-PatchPolicy-InstallPatches-LA-a1b2c",
    "schedule_expression": "cron(0 2 ? * SUN *)",
    "apply_only_at_cron_interval": True,
    "parameters": {"Operation": "Install", "RebootOption": "NoReboot"},
}
CREATE, DELETE = ("create",), ("delete",)


def resource(
    before: Mapping[str, Any] | None,
    after: Mapping[str, Any] | None,
    *,
    type_: str = "aws_ssm_association",
    actions: tuple[str, ...] = ("update",),
    **change: Any,
) -> dict[str, Any]:
    return {
        "address": f"{type_}.it",
        "mode": "managed",
        "type": type_,
        "change": {"actions": list(actions), "before": before, "after": after, **change},
    }


def document(*resources: Mapping[str, Any], **members: Any) -> dict[str, Any]:
    return {"format_version": "1.2", "resource_changes": list(resources), **members}


def plan_of(*resources: Mapping[str, Any], **members: Any) -> Plan:
    """Read as a file is, so that a member which is not decoded is missed here too."""
    return build_plan(plan_document(as_bytes(*resources, **members)))


def report_of(*resources: Mapping[str, Any], **members: Any) -> Report:
    return review(plan_of(*resources, **members), CLOCK, "plan.json", {})


def as_bytes(*resources: Mapping[str, Any], **members: Any) -> bytes:
    return json.dumps(document(*resources, **members)).encode()


def found(report: Report) -> list[tuple[str, str]]:
    return [(each.rule, str(each.severity)) for each in report.findings]


def at(address: str, entry: Mapping[str, Any]) -> dict[str, Any]:
    return {**entry, "address": address}


def policy(*entries: Mapping[str, Any]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": list(entries)})
