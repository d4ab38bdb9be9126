"""The scripts that find the role which a node works with."""

from __future__ import annotations

import json
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError

from tests.unit.documents.conftest import Calls
from tests.unit.documents.fakes import FakeRegion
from tests.unit.documents.running import run

DEFAULT_ROLE = "AmazonSSMRoleForInstancesQuickSetup"
ANYTHING = json.dumps({"Version": "2012-10-17", "Statement": []})


def find_for_instance(instance_id: str) -> dict[str, Any]:
    """Run the EC2 document's step."""
    return run("create_and_attach_iam_to_ec2_node", "findRole", {"InstanceId": instance_id})


def find_for_hybrid_node(node_id: str) -> dict[str, Any]:
    """Run the hybrid document's step."""
    payload = {"InstanceId": node_id, "Region": "eu-west-1"}
    return run("create_and_attach_iam_to_hybrid_node", "findRole", payload)


def launch() -> str:
    """Start an instance without a profile."""
    ec2 = boto3.client("ec2")
    answer = ec2.run_instances(ImageId="ami-12345678", MinCount=1, MaxCount=1)
    return answer["Instances"][0]["InstanceId"]


def launch_with_profile(profile: str, role: str | None, path: str = "/") -> str:
    """Start an instance with a profile that holds that role, if any."""
    iam = boto3.client("iam")
    iam.create_instance_profile(InstanceProfileName=profile, Path=path)
    if role:
        iam.create_role(RoleName=role, AssumeRolePolicyDocument=ANYTHING)
        iam.add_role_to_instance_profile(InstanceProfileName=profile, RoleName=role)
    instance_id = launch()
    boto3.client("ec2").associate_iam_instance_profile(
        InstanceId=instance_id, IamInstanceProfile={"Name": profile}
    )
    return instance_id


@pytest.mark.usefixtures("shared_calls")
class TestInstance:
    """An EC2 instance."""

    def test_without_a_profile_is_for_the_default_role(self) -> None:
        assert find_for_instance(launch()) == {"Outcome": "NoProfile", "RoleName": DEFAULT_ROLE}

    @pytest.mark.parametrize("path", ["/", "/teams/web/"])
    def test_has_its_profiles_role_whatever_the_profile_is_called(self, path: str) -> None:
        role = f"web-role{path.count('/')}"
        instance_id = launch_with_profile(f"profile-of-{role}", role, path)
        found = {"Outcome": "ExistingRole", "RoleName": role}
        assert find_for_instance(instance_id) == found

    def test_with_the_default_role_is_told_apart(self) -> None:
        instance_id = launch_with_profile("any-name", DEFAULT_ROLE)
        assert find_for_instance(instance_id)["Outcome"] == "DefaultRole"

    def test_whose_profile_holds_no_role_is_told_apart(self) -> None:
        instance_id = launch_with_profile(DEFAULT_ROLE, None)
        assert find_for_instance(instance_id) == {"Outcome": "EmptyProfile", "RoleName": ""}

    def test_that_is_terminated_is_gone(self) -> None:
        instance_id = launch()
        boto3.client("ec2").terminate_instances(InstanceIds=[instance_id])
        assert find_for_instance(instance_id) == {"Outcome": "Gone", "RoleName": ""}

    def test_that_is_stopped_is_still_there(self) -> None:
        instance_id = launch()
        boto3.client("ec2").stop_instances(InstanceIds=[instance_id])
        assert find_for_instance(instance_id)["Outcome"] == "NoProfile"

    def test_that_never_was_is_gone(self) -> None:
        assert find_for_instance("i-0123456789abcdef0")["Outcome"] == "Gone"

    def test_is_found_after_throttling(self, shared_calls: Calls) -> None:
        instance_id = launch()
        shared_calls.fail_next("DescribeInstances", "RequestLimitExceeded", 503)
        assert find_for_instance(instance_id)["Outcome"] == "NoProfile"

    def test_is_not_taken_for_gone_on_another_error(self, shared_calls: Calls) -> None:
        shared_calls.fail_next("DescribeInstances", "UnauthorizedOperation", 403)
        with pytest.raises(ClientError, match="DescribeInstances"):
            find_for_instance("i-0123456789abcdef0")


@pytest.mark.parametrize(
    ("role", "outcome", "found"),
    [
        (None, "NoRole", DEFAULT_ROLE),
        ("hybrid", "ExistingRole", "hybrid"),
        ("service-role/hybrid", "ExistingRole", "hybrid"),
        (DEFAULT_ROLE, "DefaultRole", DEFAULT_ROLE),
    ],
)
def test_a_hybrid_nodes_role_is_found(
    region: FakeRegion, role: str | None, outcome: str, found: str
) -> None:
    region.nodes["mi-1"] = {"IamRole": role} if role else {}
    assert find_for_hybrid_node("mi-1") == {"Outcome": outcome, "RoleName": found}


def test_a_hybrid_node_that_is_not_registered_is_gone(region: FakeRegion) -> None:
    assert find_for_hybrid_node("mi-1") == {"Outcome": "Gone", "RoleName": ""}


def test_one_hybrid_node_of_10_000_takes_one_call(region: FakeRegion) -> None:
    region.nodes = {f"mi-{number}": {"IamRole": "hybrid"} for number in range(10_000)}
    assert find_for_hybrid_node("mi-9999")["RoleName"] == "hybrid"
    assert region.calls.total() == 1
