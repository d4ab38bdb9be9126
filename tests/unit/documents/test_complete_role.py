"""The script that gives an instance role its policies and tags."""

from __future__ import annotations

import json
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError
from moto.iam.models import AWSManagedPolicy, iam_backends
from mypy_boto3_iam import IAMClient

from tests.unit.documents.conftest import Calls
from tests.unit.documents.running import run, step

ACCOUNT = "123456789012"
CORE = "AmazonSSMManagedInstanceCore"
BASELINE = "aws-quicksetup-patchpolicy-baselineoverrides-s3"
CORE_ARN = f"arn:aws:iam::aws:policy/{CORE}"
BASELINE_ARN = f"arn:aws:iam::{ACCOUNT}:policy/ssm/quicksetup/patchpolicy/{BASELINE}"
ANYTHING = json.dumps(
    {"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}}
)
ATTACH_AND_TAG = ["TagRole", "AttachRolePolicy", "AttachRolePolicy", "TagRole"]


@pytest.fixture
def iam(calls: Calls) -> IAMClient:
    """An account with the two policies and the role `web`."""
    backend = iam_backends[ACCOUNT]["aws"]
    data = {"Path": "/", "CreateDate": "2019-03-15T17:22:12", "UpdateDate": "2019-05-23T16:54:21"}
    core = AWSManagedPolicy.from_data(CORE, ACCOUNT, "aws-global", data)
    backend.managed_policies[CORE_ARN] = core  # moto has AWS's own ones, a second of loading
    iam = boto3.client("iam")
    iam.create_policy(
        PolicyName=BASELINE, Path="/ssm/quicksetup/patchpolicy/", PolicyDocument=ANYTHING
    )
    iam.create_role(RoleName="web", AssumeRolePolicyDocument=ANYTHING)
    calls.made.clear()
    return iam


def complete(
    role: str = "web", configuration_id: str = "a1b2c", node: str = "i-1"
) -> dict[str, Any]:
    """Run the step as the EC2 document does."""
    payload = {
        "InstanceId": node,
        "RoleName": role,
        "QSConfigurationId": configuration_id,
        "AwsAccountId": ACCOUNT,
        "Partition": "aws",
    }
    return run("create_and_attach_iam_to_ec2_node", "completeRole", payload)


def tags(iam: IAMClient) -> dict[str, str]:
    """The tags of the role `web`."""
    return {tag["Key"]: tag["Value"] for tag in iam.list_role_tags(RoleName="web")["Tags"]}


def attached(iam: IAMClient) -> set[str]:
    """The policies of the role `web`."""
    answer = iam.list_attached_role_policies(RoleName="web")
    return {policy["PolicyArn"] for policy in answer["AttachedPolicies"]}


def test_a_bare_role_gets_both_policies_the_tag_and_a_record(iam: IAMClient, calls: Calls) -> None:
    answer = complete()
    assert calls.writes == ATTACH_AND_TAG
    assert attached(iam) == {CORE_ARN, BASELINE_ARN}
    assert tags(iam) == {
        "QSConfigAttached-a1b2c": f"{CORE} {BASELINE}",
        "QSConfigId-a1b2c": "a1b2c",
    }
    assert answer == {"RoleName": "web", "AttachedPolicies": [CORE, BASELINE]}


def test_quick_setups_own_policy_does_for_the_baselines(iam: IAMClient, calls: Calls) -> None:
    """The default role of an account that Quick Setup owns bears it, and there is no other."""
    name = "AWSQuickSetupPatchPolicyBaselineAccess"
    data = {"Path": "/", "CreateDate": "2024-06-26T09:45:00", "UpdateDate": "2024-06-26T09:45:00"}
    policy = AWSManagedPolicy.from_data(name, ACCOUNT, "aws-global", data)
    iam_backends[ACCOUNT]["aws"].managed_policies[f"arn:aws:iam::aws:policy/{name}"] = policy
    for arn in (CORE_ARN, f"arn:aws:iam::aws:policy/{name}"):
        iam.attach_role_policy(RoleName="web", PolicyArn=arn)
    calls.made.clear()
    assert complete() == {"RoleName": "web", "AttachedPolicies": []}
    assert calls.writes == ["TagRole"]


def test_a_missing_baseline_policy_is_named_with_what_to_do(iam: IAMClient) -> None:
    iam.delete_policy(PolicyArn=BASELINE_ARN)
    with pytest.raises(LookupError, match="deploy the patch policy's instance role first"):
        complete()


def test_both_documents_run_the_same_script() -> None:
    ec2 = step("create_and_attach_iam_to_ec2_node", "completeRole")
    assert ec2 == step("create_and_attach_iam_to_hybrid_node", "completeRole") | {
        "nextStep": ec2["nextStep"]
    }


def test_only_what_is_missing_is_attached_and_recorded(iam: IAMClient) -> None:
    iam.attach_role_policy(RoleName="web", PolicyArn=CORE_ARN)
    complete()
    assert tags(iam)["QSConfigAttached-a1b2c"] == BASELINE


def test_a_complete_role_is_not_written_to(iam: IAMClient, calls: Calls) -> None:
    """Such as the default role, which Terraform owns: it never drifts."""
    for arn in (CORE_ARN, BASELINE_ARN):
        iam.attach_role_policy(RoleName="web", PolicyArn=arn)
    iam.tag_role(RoleName="web", Tags=[{"Key": "QSConfigId-a1b2c", "Value": "a1b2c"}])
    calls.made.clear()
    assert complete()["AttachedPolicies"] == []
    assert calls.writes == []
    assert set(tags(iam)) == {"QSConfigId-a1b2c"}


def test_a_role_with_the_policies_gets_the_tag_and_no_record(iam: IAMClient) -> None:
    for arn in (CORE_ARN, BASELINE_ARN):
        iam.attach_role_policy(RoleName="web", PolicyArn=arn)
    complete()
    assert tags(iam) == {"QSConfigId-a1b2c": "a1b2c"}


@pytest.mark.parametrize("operation", ["AttachRolePolicy", "TagRole"])
@pytest.mark.parametrize("passes", [0, 1])
def test_a_run_that_died_half_way_is_completed_by_the_next(
    iam: IAMClient, calls: Calls, operation: str, passes: int
) -> None:
    die_at(calls, operation, passes)
    with pytest.raises(ClientError, match=f"LimitExceeded.*{operation}"):
        complete()
    recorded = set(tags(iam).get("QSConfigAttached-a1b2c", "").split())
    assert {arn.rpartition("/")[2] for arn in attached(iam)} <= recorded
    complete()
    assert attached(iam) == {CORE_ARN, BASELINE_ARN}
    assert tags(iam) == {
        "QSConfigAttached-a1b2c": f"{CORE} {BASELINE}",
        "QSConfigId-a1b2c": "a1b2c",
    }


def die_at(calls: Calls, operation: str, passes: int) -> None:
    """Fail the operation's call after so many that pass."""
    calls.failures[operation] = [None] * passes  # None: moto answers
    calls.fail_next(operation, "LimitExceeded", 409)


def test_throttling_is_retried(iam: IAMClient, calls: Calls) -> None:
    calls.fail_next("AttachRolePolicy", "Throttling")
    calls.fail_next("ListAttachedRolePolicies", "Throttling")
    complete()
    assert attached(iam) == {CORE_ARN, BASELINE_ARN}


def test_a_second_policy_adds_its_tag_alone(iam: IAMClient, calls: Calls) -> None:
    complete()
    calls.made.clear()
    complete(configuration_id="z9y8x")
    assert calls.writes == ["TagRole"]
    assert tags(iam)["QSConfigId-z9y8x"] == "z9y8x"


def test_all_attached_policies_are_looked_at(iam: IAMClient) -> None:
    """They come a hundred at a time at most."""
    for number in range(110):
        name = f"other-{number:03}"
        arn = iam.create_policy(PolicyName=name, PolicyDocument=ANYTHING)["Policy"]["Arn"]
        iam.attach_role_policy(RoleName="web", PolicyArn=arn)
    iam.attach_role_policy(RoleName="web", PolicyArn=BASELINE_ARN)
    complete()
    assert tags(iam)["QSConfigAttached-a1b2c"] == CORE


def test_a_role_that_is_not_there_is_never_created(iam: IAMClient, calls: Calls) -> None:
    role = "AmazonSSMRoleForInstancesQuickSetup"
    with pytest.raises(LookupError, match=f"The role {role} does not exist"):
        complete(role)
    assert calls.writes == []


def test_an_instance_profile_without_a_role_fails_with_the_node_named(calls: Calls) -> None:
    with pytest.raises(ValueError, match="profile of i-7 holds no role"):
        complete(role="", node="i-7")
    assert calls.made == []
