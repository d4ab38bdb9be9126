"""The patch baselines that AWS predefines in every region.

Names: see `modules.policy.operating_systems`. Rules: "AWS predefined and custom patch baselines" in
the Systems Manager User Guide. The IDs and the owner in us-east-1 are the real ones; elsewhere they
are made up, but always the same, as AWS's differ from region to region as well.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from functools import cache
from typing import Any

from modules.policy.operating_systems import PREDEFINED_BASELINE_NAMES

_OWNERS = {"us-east-1": "075727635805", "us-east-2": "733109147000"}
_US_EAST_1_IDS = {
    "ALMA_LINUX": "pb-0cb0c4966f86b059b",
    "AMAZON_LINUX": "pb-0c10e657807c7a700",
    "AMAZON_LINUX_2": "pb-0be8c61cde3be63f3",
    "AMAZON_LINUX_2022": "pb-0028ca011460d5eaf",
    "AMAZON_LINUX_2023": "pb-05c9c9bf778d4c4d0",
    "CENTOS": "pb-03e3f588eec25344c",
    "DEBIAN": "pb-09a5f8eb62bde80b1",
    "MACOS": "pb-0ee4f94581368c0d4",
    "ORACLE_LINUX": "pb-06bff38e95fe85c02",
    "RASPBIAN": "pb-0ec16280999c5c75e",
    "REDHAT_ENTERPRISE_LINUX": "pb-0cbb3a633de00f07c",
    "ROCKY_LINUX": "pb-03ec98bc512aa3ac0",
    "SUSE": "pb-07d8884178197b66b",
    "UBUNTU": "pb-0c7e89f711c3095f4",
    "WINDOWS": "pb-09ca3fb51f0412ec3",
}

Rule = dict[str, Any]


def _rule(days: int, *, non_security: bool = False, **filters: list[str]) -> Rule:
    return {
        "PatchFilterGroup": {
            "PatchFilters": [{"Key": key, "Values": values} for key, values in filters.items()]
        },
        "ComplianceLevel": "UNSPECIFIED",
        "ApproveAfterDays": days,
        "EnableNonSecurity": non_security,
    }


_SEVERE = ["Critical", "Important"]
_SECURITY = _rule(7, PRODUCT=["*"], CLASSIFICATION=["Security"], SEVERITY=_SEVERE)
_BUGFIX = _rule(7, PRODUCT=["*"], CLASSIFICATION=["Bugfix"])
_RPM = [_SECURITY, _BUGFIX]
_DEB = [
    _rule(0, PRODUCT=["*"], SECTION=["*"], PRIORITY=[p])
    for p in ("Required", "Important", "Standard", "Optional", "Extra")
]
_EVERYTHING = [_rule(7, non_security=True, PRODUCT=["*"])]
_RULES: Mapping[str, list[Rule]] = {
    "CENTOS": _EVERYTHING,
    "DEBIAN": _DEB,
    "MACOS": [_rule(7, PRODUCT=["*"], CLASSIFICATION=["*"])],
    "ORACLE_LINUX": [
        _rule(7, PRODUCT=["*"], CLASSIFICATION=["Security"], SEVERITY=["Important", "Moderate"]),
        _BUGFIX,
    ],
    "RASPBIAN": _DEB,
    "SUSE": [_SECURITY],
    "UBUNTU": _DEB,
    "WINDOWS": [
        _rule(
            7,
            PRODUCT=["*"],
            CLASSIFICATION=["CriticalUpdates", "SecurityUpdates"],
            MSRC_SEVERITY=_SEVERE,
        )
    ],
}


@cache
def predefined(region: str) -> dict[str, dict[str, Any]]:
    """AWS's baselines in a region: ARN -> what GetPatchBaseline answers, without the dates."""
    baselines = (_baseline(region, system) for system in PREDEFINED_BASELINE_NAMES)
    return {baseline["BaselineId"]: baseline for baseline in baselines}


def _baseline(region: str, system: str) -> dict[str, Any]:
    name = PREDEFINED_BASELINE_NAMES[system]
    return {
        "BaselineId": f"arn:aws:ssm:{region}:{_owner(region)}:patchbaseline/{_id(region, system)}",
        "Name": name,
        "OperatingSystem": system,
        "GlobalFilters": {"PatchFilters": []},
        "ApprovalRules": {"PatchRules": _RULES.get(system, _RPM)},
        "ApprovedPatches": [],
        "ApprovedPatchesComplianceLevel": "UNSPECIFIED",
        "ApprovedPatchesEnableNonSecurity": False,
        "RejectedPatches": [],
        "RejectedPatchesAction": "ALLOW_AS_DEPENDENCY",
        "PatchGroups": [],
        "Description": f"Default Patch Baseline for {name} Provided by AWS.",
        "Sources": [],
    }


def _owner(region: str) -> str:
    made_up = int(hashlib.sha256(region.encode()).hexdigest(), 16) % 10**12
    return _OWNERS.get(region, f"{made_up:012}")


def _id(region: str, system: str) -> str:
    if region == "us-east-1":
        return _US_EAST_1_IDS[system]
    return "pb-0" + hashlib.sha256(f"{region}/{system}".encode()).hexdigest()[:16]
