"""Which patches a patch baseline approves.

Sources: "How patch baseline rules work" (Linux, Windows, macOS) and "Package name formats for
approved and rejected patch lists" in the Systems Manager User Guide; API reference of PatchRule
(ApproveAfterDays, ApproveUntilDate, EnableNonSecurity) and PatchFilter.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from fnmatch import fnmatchcase
from typing import Any

from modules.local_aws.patching.patches import Patch

Baseline = Mapping[str, Any]
UNSPECIFIED = "UNSPECIFIED"


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """What a baseline says of a patch; `level` is the compliance level of an approved one."""

    approved: bool
    rejected: bool = False
    level: str = UNSPECIFIED


def judge(patch: Patch, baseline: Baseline, released: datetime, now: datetime) -> Verdict:
    """Hold a patch against a baseline's lists and rules; a rejection comes first."""
    if _is_listed(patch, baseline.get("RejectedPatches")):
        return Verdict(approved=False, rejected=True)
    if _is_listed(patch, baseline.get("ApprovedPatches")):
        return Verdict(
            approved=True, level=baseline.get("ApprovedPatchesComplianceLevel") or UNSPECIFIED
        )
    if _passes(patch, baseline.get("GlobalFilters")):
        for rule in (baseline.get("ApprovalRules") or {}).get("PatchRules", ()):
            if _approves(rule, patch, released, now):
                return Verdict(approved=True, level=rule.get("ComplianceLevel") or UNSPECIFIED)
    return Verdict(approved=False)


def _is_listed(patch: Patch, names: Sequence[str] | None) -> bool:
    return any(fnmatchcase(patch.id, name) for name in names or ())


def _approves(rule: Mapping[str, Any], patch: Patch, released: datetime, now: datetime) -> bool:
    """Without EnableNonSecurity, advisories alone count (rpm), or the security repository (deb)."""
    included = patch.advisory or bool(rule.get("EnableNonSecurity"))
    return (
        included
        and _passes(patch, rule.get("PatchFilterGroup"))
        and _is_due(rule, patch, released, now)
    )


def _is_due(rule: Mapping[str, Any], patch: Patch, released: datetime, now: datetime) -> bool:
    """Debian and its relatives have no release dates, so that a delay means nothing there."""
    if patch.is_deb:
        return True
    if until := rule.get("ApproveUntilDate"):
        last = datetime.strptime(until, "%Y-%m-%d").replace(tzinfo=UTC) + timedelta(days=1)
        return released < last
    return released + timedelta(days=rule.get("ApproveAfterDays") or 0) <= now


def _passes(patch: Patch, group: Mapping[str, Any] | None) -> bool:
    filters = (group or {}).get("PatchFilters", ())
    return all(_matches(patch, each["Key"], each["Values"]) for each in filters)


def _matches(patch: Patch, key: str, values: Sequence[str]) -> bool:
    return "*" in values or _ATTRIBUTES[key](patch) in values


_ATTRIBUTES: Mapping[str, Any] = {
    "CLASSIFICATION": lambda patch: patch.classification,
    "MSRC_SEVERITY": lambda patch: patch.severity,
    "PATCH_ID": lambda patch: patch.id,
    "PRIORITY": lambda patch: patch.priority,
    "PRODUCT": lambda patch: patch.operating_system,
    "PRODUCT_FAMILY": lambda patch: patch.operating_system,
    "SECTION": lambda patch: patch.section,
    "SEVERITY": lambda patch: patch.severity,
}
