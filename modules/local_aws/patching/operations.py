"""What Patch Manager and Compliance tell of nodes.

Sources: API reference of DescribeInstancePatchStates, DescribeInstancePatches,
ListComplianceItems, ListResourceComplianceSummaries and ListComplianceSummaries.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from modules.local_aws.call import Call, Operation, Result
from modules.local_aws.errors import AwsError
from modules.local_aws.paging import page
from modules.local_aws.patching.reports import (
    INSTALLED,
    MISSING,
    NON_COMPLIANT,
    NOT_APPLICABLE,
    OTHER,
    PENDING_REBOOT,
    REJECTED,
    PatchReport,
    PatchState,
)

if TYPE_CHECKING:
    from modules.local_aws.state import State

COMPLIANT_TEXT = {True: "COMPLIANT", False: "NON_COMPLIANT"}
_API_STATES: Mapping[str, str] = {  # as the model of DescribeInstancePatches has them
    INSTALLED: "INSTALLED",
    MISSING: "MISSING",
    NOT_APPLICABLE: "NOT_APPLICABLE",
    OTHER: "INSTALLED_OTHER",
    PENDING_REBOOT: "INSTALLED_PENDING_REBOOT",
    REJECTED: "INSTALLED_REJECTED",
}
_SECURITY = frozenset({"Security", "SecurityUpdates"})


def _reports(state: State, call: Call) -> Iterator[tuple[str, PatchReport]]:
    return (
        (node, report)
        for (place, node), report in state.patching.reports.items()
        if place == call.place
    )


def _describe_states(state: State, call: Call) -> Result:
    wanted = call.parameters["InstanceIds"]
    found = [_patch_state(node, r) for node, r in _reports(state, call) if node in wanted]
    return page("InstancePatchStates", found, call.parameters)


def _patch_state(node: str, report: PatchReport) -> dict[str, Any]:
    counts = report.counts
    failing = [each for each in report.patches if each.state in NON_COMPLIANT]
    critical = sum(each.level == "CRITICAL" for each in failing)
    security = sum(each.patch.classification in _SECURITY for each in failing)
    last = report.no_reboot_install
    return {
        "InstanceId": node,
        "PatchGroup": "",
        "BaselineId": report.baseline_id,
        "SnapshotId": report.execution_id,
        "InstalledCount": counts.get(INSTALLED, 0),
        "InstalledOtherCount": counts.get(OTHER, 0),
        "InstalledPendingRebootCount": counts.get(PENDING_REBOOT, 0),
        "InstalledRejectedCount": counts.get(REJECTED, 0),
        "MissingCount": counts.get(MISSING, 0),
        "FailedCount": 0,
        "NotApplicableCount": counts.get(NOT_APPLICABLE, 0),
        "UnreportedNotApplicableCount": 0,
        "CriticalNonCompliantCount": critical,
        "SecurityNonCompliantCount": security,
        "OtherNonCompliantCount": len(failing) - security,
        "OperationStartTime": report.time,
        "OperationEndTime": report.time,
        "Operation": report.operation,
        "RebootOption": report.reboot_option,
        **({"LastNoRebootInstallOperationTime": last} if last else {}),
    }


def _describe_patches(state: State, call: Call) -> Result:
    report = state.patching.reports.get((call.place, call.parameters["InstanceId"]))
    patches = [
        {
            "Title": each.patch.id,
            "KBId": each.patch.id,
            "Classification": each.patch.classification,
            "Severity": each.patch.severity,
            "State": _API_STATES[each.state],
            "InstalledTime": each.installed or report.time,
        }
        for each in (report.patches if report else ())
        if all(_passes(each, f["Key"], f["Values"]) for f in call.parameters.get("Filters", ()))
        if report
    ]
    return page("Patches", patches, call.parameters)


def _passes(each: PatchState, key: str, values: list[str]) -> bool:
    attributes = {
        "State": _API_STATES[each.state],
        "Classification": each.patch.classification,
        "Severity": each.patch.severity,
        "KBId": each.patch.id,
    }
    if key not in attributes:
        raise AwsError("InvalidFilter", f"{key} is not a filter of DescribeInstancePatches.")
    return attributes[key] in values


def _list_items(state: State, call: Call) -> Result:
    wanted = call.parameters.get("ResourceIds")
    items = [
        _item(node, report, each)
        for node, report in _reports(state, call)
        if not wanted or node in wanted
        for each in report.patches
        if each.state != NOT_APPLICABLE
    ]
    return page("ComplianceItems", _filtered(items, call), call.parameters)


def _item(node: str, report: PatchReport, each: PatchState) -> dict[str, Any]:
    return {
        "ComplianceType": "Patch",
        "ResourceType": "ManagedInstance",
        "ResourceId": node,
        "Id": each.patch.id,
        "Title": each.patch.id,
        "Status": COMPLIANT_TEXT[each.state not in NON_COMPLIANT],
        "Severity": each.level,
        "ExecutionSummary": _execution(report),
        "Details": {
            "Classification": each.patch.classification,
            "PatchState": each.state,
            "PatchBaselineId": report.baseline_id,
            "PatchSeverity": each.patch.severity,
        },
    }


def _execution(report: PatchReport) -> dict[str, Any]:
    return {
        "ExecutionTime": report.time,
        "ExecutionId": report.execution_id,
        "ExecutionType": report.execution_type,
    }


def _filtered(items: list[dict[str, Any]], call: Call) -> list[dict[str, Any]]:
    """The filters that the fields of an item answer to: Equal and NotEqual, all of them."""
    for asked in call.parameters.get("Filters", ()):
        key, kind, values = asked["Key"], asked.get("Type", "EQUAL"), asked["Values"]
        if kind not in {"EQUAL", "NOT_EQUAL"}:
            raise AwsError("InvalidFilter", f"{kind} is not compared here.")
        items = [each for each in items if (str(each.get(key)) in values) is (kind == "EQUAL")]
    return items


def _list_resource_summaries(state: State, call: Call) -> Result:
    summaries = [_summary(node, report) for node, report in _reports(state, call)]
    found = _filtered(summaries, call)
    return page("ResourceComplianceSummaryItems", found, call.parameters)


def _summary(node: str, report: PatchReport) -> dict[str, Any]:
    failing = sum(each.state in NON_COMPLIANT for each in report.patches)
    passing = sum(each.state in {INSTALLED, OTHER} for each in report.patches)
    return {
        "ComplianceType": "Patch",
        "ResourceType": "ManagedInstance",
        "ResourceId": node,
        "Status": COMPLIANT_TEXT[report.is_compliant],
        "OverallSeverity": "UNSPECIFIED",
        "ExecutionSummary": _execution(report),
        "CompliantSummary": {"CompliantCount": passing},
        "NonCompliantSummary": {"NonCompliantCount": failing},
    }


def _list_summaries(state: State, call: Call) -> Result:
    compliant = [report.is_compliant for _, report in _reports(state, call)]
    summary = {
        "ComplianceType": "Patch",
        "CompliantSummary": {"CompliantCount": sum(compliant)},
        "NonCompliantSummary": {"NonCompliantCount": len(compliant) - sum(compliant)},
    }
    return page("ComplianceSummaryItems", [summary] if compliant else [], call.parameters)


OPERATIONS: Mapping[str, Operation] = {
    "DescribeInstancePatchStates": _describe_states,
    "DescribeInstancePatches": _describe_patches,
    "ListComplianceItems": _list_items,
    "ListComplianceSummaries": _list_summaries,
    "ListResourceComplianceSummaries": _list_resource_summaries,
}
