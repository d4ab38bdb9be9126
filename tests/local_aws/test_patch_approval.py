"""Which patches a baseline approves, and what state that gives them on a node."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from modules.local_aws.patching.approval import judge
from modules.local_aws.patching.patches import Patch, patches_of, patches_of_node
from modules.local_aws.patching.reports import assess
from modules.local_aws.predefined_baselines import predefined
from modules.policy.operating_systems import OPERATING_SYSTEMS

NOW = datetime(2026, 3, 1, tzinfo=UTC)
SECURITY = Patch(
    id="openssl",
    operating_system="AMAZON_LINUX_2023",
    classification="Security",
    severity="Critical",
    released=timedelta(),
)


def rule(*, days: int = 0, non_security: bool = False, **filters: list[str]) -> dict[str, Any]:
    return {
        "PatchFilterGroup": {"PatchFilters": [{"Key": k, "Values": v} for k, v in filters.items()]},
        "ApproveAfterDays": days,
        "EnableNonSecurity": non_security,
        "ComplianceLevel": "HIGH",
    }


def baseline(*rules: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"ApprovalRules": {"PatchRules": list(rules)}, **more}


def changed(**fields: Any) -> Patch:
    return Patch(**{**SECURITY.__dict__, **fields})


@pytest.mark.parametrize(
    ("patch", "given", "age_days", "approved"),
    [
        (SECURITY, baseline(rule(CLASSIFICATION=["Security"])), 0, True),
        (SECURITY, baseline(rule(CLASSIFICATION=["Bugfix"])), 9, False),
        (SECURITY, baseline(rule(CLASSIFICATION=["*"], SEVERITY=["Low", "Critical"])), 0, True),
        (SECURITY, baseline(rule(CLASSIFICATION=["Security"], SEVERITY=["Low"])), 9, False),
        (SECURITY, baseline(rule(days=7)), 6, False),
        (SECURITY, baseline(rule(days=7)), 7, True),
        (SECURITY, baseline(rule() | {"ApproveUntilDate": "2026-02-28"}), 1, True),
        (SECURITY, baseline(rule() | {"ApproveUntilDate": "2026-02-28"}), 0, False),
        (SECURITY, baseline(), 99, False),
        (SECURITY, baseline(ApprovedPatches=["openssl"]), 0, True),
        (SECURITY, baseline(ApprovedPatches=["open*"]), 0, True),
        (SECURITY, baseline(rule(), RejectedPatches=["openssl"]), 9, False),
        (SECURITY, baseline(ApprovedPatches=["openssl"], RejectedPatches=["*"]), 9, False),
        (
            SECURITY,
            baseline(
                rule(), GlobalFilters={"PatchFilters": [{"Key": "SEVERITY", "Values": ["Low"]}]}
            ),
            9,
            False,
        ),
        (changed(advisory=False), baseline(rule()), 9, False),
        (changed(advisory=False), baseline(rule(non_security=True)), 9, True),
        (changed(operating_system="UBUNTU"), baseline(rule(days=7)), 0, True),
    ],
)
def test_approval(patch: Patch, given: dict[str, Any], age_days: int, *, approved: bool) -> None:
    verdict = judge(patch, given, NOW - timedelta(days=age_days), NOW)
    assert verdict.approved is approved


def test_an_approval_has_the_compliance_level_of_its_rule_or_list() -> None:
    assert judge(SECURITY, baseline(rule()), NOW, NOW).level == "HIGH"
    listed = baseline(ApprovedPatches=["openssl"], ApprovedPatchesComplianceLevel="CRITICAL")
    assert judge(SECURITY, listed, NOW, NOW).level == "CRITICAL"


@pytest.mark.parametrize("system", OPERATING_SYSTEMS)
def test_every_system_has_patches_that_its_predefined_baseline_approves_and_others(
    system: str,
) -> None:
    (given,) = [b for b in predefined("us-east-1").values() if b["OperatingSystem"] == system]
    node = patches_of_node(system, None, NOW)
    states = {each.state for each in assess(node, given, NOW + timedelta(days=30))}
    assert "Missing" in states
    assert len(patches_of(system)) > 1


def test_the_states_that_a_patch_passes_through() -> None:
    node = patches_of_node("AMAZON_LINUX_2023", ("openssl",), NOW)
    given = baseline(rule(SEVERITY=["Critical"]))

    def states() -> dict[str, str]:
        return {each.patch.id: each.state for each in assess(node, given, NOW)}

    assert states()["openssl"] == "Missing"
    assert states()["vim-minimal"] == "InstalledOther"
    node.install(patches_of("AMAZON_LINUX_2023")["openssl"], NOW)
    assert states()["openssl"] == "InstalledPendingReboot"
    node.restart(NOW)
    assert states()["openssl"] == "Installed"
    given["RejectedPatches"] = ["openssl"]
    assert states()["openssl"] == "InstalledRejected"
    assert "curl" not in states()  # it is not out yet
