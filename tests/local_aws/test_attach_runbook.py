"""AWS-AttachIAMToInstance, by AWS's description of what it does."""

from __future__ import annotations

from typing import Any

import pytest

from modules.local_aws.automation import AutomationExecution, Start, execute
from tests.local_aws.runbooks import ACCOUNT, REGION, Runbooks, policy, ran


def attach(runbooks: Runbooks, instance_id: str, *, replace: str = "false") -> AutomationExecution:
    """Attach the role `Runbooks` to an instance, with that same role's permissions."""
    role = f"arn:aws:iam::{ACCOUNT}:role/Runbooks"
    given = {
        "InstanceId": [instance_id],
        "RoleName": ["Runbooks"],
        "ForceReplace": [replace],
        "AutomationAssumeRole": [role],
    }
    start = Start(document_name="AWS-AttachIAMToInstance", parameters=given)
    return execute(runbooks.aws.state, ACCOUNT, REGION, start)


def profile_of(runbooks: Runbooks, instance_id: str) -> Any:
    found = runbooks.client("ec2").describe_iam_instance_profile_associations(
        Filters=[{"Name": "instance-id", "Values": [instance_id]}]
    )["IamInstanceProfileAssociations"]
    return found[0]["IamInstanceProfile"]["Arn"].rpartition("/")[2] if found else None


@pytest.fixture
def _role(runbooks: Runbooks, fleet: dict[str, str]) -> None:
    runbooks.role()


@pytest.mark.usefixtures("_role")
def test_an_instance_without_a_profile_gets_a_new_one(
    runbooks: Runbooks, fleet: dict[str, str]
) -> None:
    execution = attach(runbooks, fleet["bare"])
    assert execution.status == "Success", execution.failure_message
    assert ran(execution)[-1] == "associateNewProfile"
    assert profile_of(runbooks, fleet["bare"]) == "Runbooks"


@pytest.mark.usefixtures("_role")
def test_a_profile_of_the_role_is_used_again(runbooks: Runbooks, fleet: dict[str, str]) -> None:
    iam = runbooks.client("iam")
    iam.create_instance_profile(InstanceProfileName="Other")
    iam.add_role_to_instance_profile(InstanceProfileName="Other", RoleName="Runbooks")
    execution = attach(runbooks, fleet["bare"])
    assert execution.status == "Success", execution.failure_message
    assert profile_of(runbooks, fleet["bare"]) == "Other"


@pytest.mark.usefixtures("_role")
def test_a_profile_that_is_there_is_replaced_only_where_that_is_asked_for(
    runbooks: Runbooks, fleet: dict[str, str]
) -> None:
    execution = attach(runbooks, fleet["managed"])
    assert execution.status == "Success"
    assert ran(execution)[-1] == "branchOnForceReplace"
    assert profile_of(runbooks, fleet["managed"]) == "Servers"
    attach(runbooks, fleet["managed"], replace="true")
    assert profile_of(runbooks, fleet["managed"]) == "Runbooks"


@pytest.mark.usefixtures("_role")
def test_handing_the_role_to_instances_takes_the_right_to_pass_it(
    runbooks: Runbooks, fleet: dict[str, str]
) -> None:
    allowed = {"Effect": "Allow", "Action": ["ec2:*"], "Resource": "*"}
    profiles = {"Effect": "Allow", "Action": "iam:*InstanceProfile*", "Resource": "*"}
    passing = {
        "Effect": "Allow",
        "Action": "iam:PassRole",
        "Resource": "*",
        "Condition": {"StringEquals": {"iam:PassedToService": "ssm.amazonaws.com"}},
    }
    iam = runbooks.client("iam")
    iam.create_instance_profile(InstanceProfileName="Runbooks")
    iam.add_role_to_instance_profile(InstanceProfileName="Runbooks", RoleName="Runbooks")
    for condition, status in (("ssm.amazonaws.com", "Failed"), ("ec2.amazonaws.com", "Success")):
        passing["Condition"] = {"StringEquals": {"iam:PassedToService": condition}}
        iam.put_role_policy(
            RoleName="Runbooks",
            PolicyName="Permissions",
            PolicyDocument=policy(allowed, profiles, passing),
        )
        execution = attach(runbooks, fleet["bare"])
        assert execution.status == status, execution.failure_message
    assert execution.ended is not None
