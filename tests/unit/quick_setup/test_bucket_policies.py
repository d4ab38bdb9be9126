"""Who may read the baseline overrides, and who may write the access log, as IAM decides."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from modules.local_aws.policy_evaluation import (
    ADMINISTRATOR,
    Caller,
    Policy,
    Request,
    is_allowed,
)
from modules.local_aws.policy_matching import context_of
from modules.policy.model import PatchPolicy
from modules.quick_setup.buckets import BucketSpec, access_log_bucket, baseline_bucket
from modules.quick_setup.iam import policy_document
from modules.quick_setup.instance_role import baseline_access
from modules.quick_setup.permissions import baseline_function_role
from tests.unit.quick_setup.sample import ACCOUNT, PLACE, policy, statements

HERE = Path(__file__).parent
READING: dict[str, Any] = yaml.safe_load((HERE / "bucket_readers.yaml").read_text())
DELIVERING: dict[str, Any] = yaml.safe_load((HERE / "log_deliveries.yaml").read_text())
UNIT = "o-a1b2c3d4e5/r-ab12/ou-ab12-cdefghij/"


def granted(grants: str, chosen: PatchPolicy) -> list[Policy]:
    match grants:
        case "administrator":
            return [ADMINISTRATOR]
        case "lambda":
            return [policy_document(statements(baseline_function_role(chosen, PLACE)))]
        case "node":
            return [policy_document(baseline_access(PLACE))]
        case "nothing":
            return []
    raise AssertionError(grants)


def read_is_allowed(chosen: PatchPolicy, reader: dict[str, Any]) -> bool:
    bucket = baseline_bucket(chosen, PLACE)
    path = reader.get("path", UNIT)
    tags = {f"aws:PrincipalTag/{key}": value for key, value in reader.get("tags", {}).items()}
    request = Request(
        caller=Caller(account=reader["account"] or None),
        action="s3:GetObject",
        resource=f"arn:aws:s3:::{bucket.name}/baseline_overrides.json",
        context=context_of(
            {
                "aws:SecureTransport": "true" if reader.get("tls", True) else "false",
                "aws:PrincipalOrgID": path.split("/")[0] or None,
                "aws:PrincipalOrgPaths": (path,) if path else None,
                **tags,
            }
        ),
    )
    return is_allowed(
        request,
        identity_policies=granted(reader.get("grants", "node"), chosen),
        resource_policy=policy_document(bucket.policy),
        same_account=reader["account"] == ACCOUNT,
    )


@pytest.mark.parametrize("sharing", READING["sharing"])
@pytest.mark.parametrize("reader", READING["readers"])
def test_the_overrides_are_for_tagged_roles_of_those_they_are_shared_with(
    reader: str, sharing: str
) -> None:
    entry = READING["readers"][reader]
    allowed = read_is_allowed(policy(**READING["sharing"][sharing]), entry)
    assert allowed == (sharing in entry["allowed"])


def write_is_allowed(bucket: BucketSpec, key: str, entry: dict[str, Any]) -> bool:
    service = entry.get("service")
    keys = {
        "aws:SecureTransport": "true" if entry.get("tls", True) else "false",
        "aws:SourceArn": entry.get("source"),
        "aws:SourceAccount": entry.get("source_account"),
    }
    request = Request(
        caller=Caller(service=service) if service else Caller(account=ACCOUNT),
        action="s3:PutObject",
        resource=f"arn:aws:s3:::{bucket.name}/{key}",
        context=context_of(keys),
    )
    return is_allowed(
        request,
        identity_policies=granted(entry.get("grants", "nothing"), policy()),
        resource_policy=policy_document(bucket.policy),
    )


@pytest.mark.parametrize("who", DELIVERING)
def test_the_access_log_is_written_by_s3_alone_for_the_baseline_bucket_alone(who: str) -> None:
    entry = DELIVERING[who]
    bucket = access_log_bucket(policy(), PLACE)
    assert write_is_allowed(bucket, "2026-11-01-00-00-00-ABC", entry) == entry["allowed"]


def test_nothing_but_the_overrides_can_be_read_through_the_policy() -> None:
    """Of the bucket's policy alone; what an account's own policies allow is its own affair."""
    chosen = policy(**READING["sharing"]["entire_org"])
    bucket = baseline_bucket(chosen, PLACE)
    for action, key in (
        ("s3:GetObject", "other.json"),
        ("s3:PutObject", "baseline_overrides.json"),
    ):
        request = Request(
            caller=Caller(account="111122223333"),
            action=action,
            resource=f"arn:aws:s3:::{bucket.name}/{key}",
            context=context_of(
                {
                    "aws:SecureTransport": "true",
                    "aws:PrincipalOrgID": "o-a1b2c3d4e5",
                    "aws:PrincipalTag/QSConfigId-a1b2c": "a1b2c",
                }
            ),
        )
        assert not is_allowed(
            request,
            identity_policies=[ADMINISTRATOR],
            resource_policy=policy_document(bucket.policy),
            same_account=False,
        )


@pytest.mark.parametrize("sharing", READING["sharing"])
def test_the_lambda_may_write_and_remove_the_overrides_whoever_reads_them(sharing: str) -> None:
    chosen = policy(**READING["sharing"][sharing])
    bucket = baseline_bucket(chosen, PLACE)
    arn = f"arn:aws:s3:::{bucket.name}"
    for action, resource in (
        ("s3:PutObject", f"{arn}/baseline_overrides.json"),
        ("s3:DeleteObjectVersion", f"{arn}/baseline_overrides.json"),
        ("s3:ListBucketVersions", arn),
    ):
        request = Request(
            caller=Caller(account=ACCOUNT),
            action=action,
            resource=resource,
            context=context_of(
                {"aws:SecureTransport": "true", "aws:PrincipalTag/QSConfigId-a1b2c": "a1b2c"}
            ),
        )
        assert is_allowed(
            request,
            identity_policies=granted("lambda", chosen),
            resource_policy=policy_document(bucket.policy),
        )
