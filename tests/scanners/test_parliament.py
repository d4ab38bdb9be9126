"""parliament finds nothing in the policies that we ship but what is accepted with a reason.

Trust policies are left out: parliament takes every policy without Resource for malformed.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import yaml
from parliament import analyze_policy_string

from modules.quick_setup.automation_permissions import automation_role
from modules.quick_setup.buckets import access_log_bucket, baseline_bucket
from modules.quick_setup.iam import Statement, policy_document
from modules.quick_setup.instance_role import baseline_access
from modules.quick_setup.permissions import (
    baseline_function_role,
    explorer_role,
    remediation_role,
)
from tests.unit.quick_setup.sample import PLACE, VARIANTS, policy, statements

EXCEPTIONS: dict[str, dict[str, str]] = yaml.safe_load(
    (Path(__file__).parent / "parliament_exceptions.yaml").read_text(encoding="utf-8")
)
ORGANIZATION = {"id": "o-a1b2c3d4e5"}
POLICIES = [
    *VARIANTS.values(),
    policy(sharing="entire_org", organization=ORGANIZATION),
    policy(
        sharing="organizational_units",
        organization={**ORGANIZATION, "units": ["ou-ab12-cdefghij"]},
    ),
]


def shipped() -> Iterator[Statement]:
    """Every statement of every policy but the trust policies."""
    yield from baseline_access(PLACE)
    for chosen in POLICIES:
        for role in (automation_role, explorer_role, remediation_role, baseline_function_role):
            yield from statements(role(chosen, PLACE))
        yield from baseline_bucket(chosen, PLACE).policy
        yield from access_log_bucket(chosen, PLACE).policy


def found(given: Sequence[Statement]) -> set[tuple[str, str]]:
    """What is found in a policy of these statements, one at a time: findings name no statement."""
    return {
        (finding.issue, statement.sid)
        for statement in given
        for finding in _analyzed(json.dumps(policy_document([statement])))
    }


def _analyzed(text: str) -> list[Any]:
    findings: list[Any] = analyze_policy_string(text).findings  # type: ignore[no-untyped-call] # no types
    return findings


def test_every_finding_is_accepted_with_a_reason_and_every_exception_is_needed() -> None:
    accepted = {(issue, sid) for issue, sids in EXCEPTIONS.items() for sid in sids}
    assert found(list(shipped())) == accepted


def test_parliament_does_find_what_is_wrong() -> None:
    wrong = [
        Statement(sid="Unknown", actions=("s3:GetObjekt",), resources=("*",)),
        Statement(
            sid="Mismatch", actions=("s3:GetObject",), resources=("arn:aws:s3:::bucket-alone",)
        ),
    ]
    assert found(wrong) == {("UNKNOWN_ACTION", "Unknown"), ("RESOURCE_MISMATCH", "Mismatch")}
