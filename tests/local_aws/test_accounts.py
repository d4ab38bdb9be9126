"""Accounts, callers, and what roles may do."""

from __future__ import annotations

import json
from typing import Any

import pytest
from botocore.exceptions import ClientError

from modules.local_aws import LocalAws

ACCOUNT, MEMBER = "123456789012", "111122223333"


def document(*statements: dict[str, Any]) -> str:
    """A policy document."""
    return json.dumps({"Version": "2012-10-17", "Statement": statements})


def create_role(iam: Any, name: str, principal: dict[str, str], *allowed: dict[str, Any]) -> str:
    """A role that trusts a principal and may do what these statements allow; its ARN."""
    trust = {"Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole"}
    made = iam.create_role(RoleName=name, AssumeRolePolicyDocument=document(trust))
    if allowed:
        statements = [{"Effect": "Allow", **statement} for statement in allowed]
        iam.put_role_policy(RoleName=name, PolicyName="p", PolicyDocument=document(*statements))
    return str(made["Role"]["Arn"])


@pytest.mark.parametrize("account", [ACCOUNT, MEMBER, "000000000001"])
def test_an_account_id_as_access_key_is_that_accounts_administrator(
    client: Any, account: str
) -> None:
    identity = client("sts", account).get_caller_identity()
    assert identity["Account"] == account
    assert identity["Arn"] == f"arn:aws:iam::{account}:user/administrator"


@pytest.mark.parametrize(
    ("service", "operation", "code"),
    [
        ("sts", "get_caller_identity", "InvalidClientTokenId"),
        ("ssm", "list_associations", "UnrecognizedClientException"),
        ("s3", "list_buckets", "InvalidAccessKeyId"),
        ("ec2", "describe_instances", "AuthFailure"),
        ("lambda", "list_functions", "UnrecognizedClientException"),
    ],
)
def test_wrong_credentials_are_refused(
    client: Any, service: str, operation: str, code: str
) -> None:
    wrong = client(service, aws_access_key_id="AKIAIOSFODNN7EXAMPLE", aws_secret_access_key="x")
    with pytest.raises(ClientError) as caught:
        getattr(wrong, operation)()
    assert caught.value.response["Error"]["Code"] == code


def test_a_users_own_key_belongs_to_the_users_account(client: Any) -> None:
    iam = client("iam", MEMBER)
    iam.create_user(UserName="someone")
    key = iam.create_access_key(UserName="someone")["AccessKey"]
    user = client(
        "sts",
        aws_access_key_id=key["AccessKeyId"],
        aws_secret_access_key=key["SecretAccessKey"],
    )
    assert user.get_caller_identity()["Account"] == MEMBER


def test_a_role_is_assumed_across_accounts(client: Any, keys_of_role: Any) -> None:
    role = create_role(client("iam", MEMBER), "Reader", {"AWS": ACCOUNT})
    identity = client("sts", **keys_of_role(role)).get_caller_identity()
    assert identity["Account"] == MEMBER
    assert identity["Arn"] == f"arn:aws:sts::{MEMBER}:assumed-role/Reader/test"


@pytest.mark.parametrize("principal", [{"AWS": "999988887777"}, {"Service": "ec2.amazonaws.com"}])
def test_a_role_is_not_assumed_by_whom_it_does_not_trust(
    client: Any, principal: dict[str, str]
) -> None:
    role = create_role(client("iam"), "Reader", principal)
    with pytest.raises(ClientError, match="not authorized to perform: sts:AssumeRole"):
        client("sts").assume_role(RoleArn=role, RoleSessionName="session")


def test_a_new_role_cannot_be_assumed_while_the_switch_says_so(client: Any, aws: LocalAws) -> None:
    role = create_role(client("iam"), "Reader", {"AWS": ACCOUNT})
    aws.state.switches.role_delay_seconds = 60
    with pytest.raises(ClientError, match="AccessDenied"):
        client("sts").assume_role(RoleArn=role, RoleSessionName="session")


PASSABLE = {
    "Action": "iam:PassRole",
    "Resource": f"arn:aws:iam::{ACCOUNT}:role/Node",
    "Condition": {"StringEquals": {"iam:PassedToService": "ec2.amazonaws.com"}},
}
TAGGING = {
    "Action": "ec2:CreateTags",
    "Resource": "*",
    "Condition": {"ForAllValues:StringEquals": {"aws:TagKeys": ["QSConfigName-a1b2c"]}},
}
ATTACHING = {
    "Action": "iam:AttachRolePolicy",
    "Resource": f"arn:aws:iam::{ACCOUNT}:role/Node",
    "Condition": {
        "ArnEquals": {"iam:PolicyARN": "arn:aws:iam::aws:policy/AmazonSSMManagedInstanceCore"}
    },
}
CORE = "arn:aws:iam::aws:policy/AmazonSSMManagedInstanceCore"
ADMIN = "arn:aws:iam::aws:policy/AdministratorAccess"
PROFILE = {"InstanceProfileName": "Empty", "RoleName": "Node"}


@pytest.mark.parametrize(
    ("service", "operation", "arguments", "statements", "missing"),
    [
        ("ssm", "list_associations", {}, [{"Action": "ssm:List*", "Resource": "*"}], None),
        ("ssm", "list_associations", {}, [], "ssm:ListAssociations"),
        (
            "ssm",
            "get_service_setting",
            {"SettingId": "/ssm/opsitem/EC2"},
            [
                {
                    "Action": "ssm:GetServiceSetting",
                    "Resource": "arn:aws:ssm:*:*:servicesetting/ssm/opsitem/EC2",
                }
            ],
            None,
        ),
        (
            "ssm",
            "get_service_setting",
            {"SettingId": "/ssm/opsitem/EC2"},
            [
                {
                    "Action": "ssm:GetServiceSetting",
                    "Resource": "arn:aws:ssm:*:*:servicesetting/ssm/opsdata/*",
                }
            ],
            "ssm:GetServiceSetting",
        ),
        (
            "iam",
            "attach_role_policy",
            {"RoleName": "Node", "PolicyArn": CORE},
            [ATTACHING],
            None,
        ),
        (
            "iam",
            "attach_role_policy",
            {"RoleName": "Node", "PolicyArn": ADMIN},
            [ATTACHING],
            "iam:AttachRolePolicy",
        ),
        (
            "iam",
            "add_role_to_instance_profile",
            PROFILE,
            [{"Action": "iam:AddRoleToInstanceProfile", "Resource": "*"}, PASSABLE],
            None,
        ),
        (
            "iam",
            "add_role_to_instance_profile",
            PROFILE,
            [{"Action": "iam:AddRoleToInstanceProfile", "Resource": "*"}],
            "iam:PassRole",
        ),
        (
            "ec2",
            "create_tags",
            {"Tags": [{"Key": "QSConfigName-a1b2c", "Value": "x"}]},
            [TAGGING],
            None,
        ),
        (
            "ec2",
            "create_tags",
            {"Tags": [{"Key": "Owner", "Value": "x"}]},
            [TAGGING],
            "ec2:CreateTags",
        ),
    ],
)
def test_a_role_may_do_what_its_policies_allow(
    *,
    client: Any,
    keys_of_role: Any,
    service: str,
    operation: str,
    arguments: dict[str, Any],
    statements: list[dict[str, Any]],
    missing: str | None,
) -> None:
    iam = client("iam")
    create_role(iam, "Node", {"Service": "ec2.amazonaws.com"})
    iam.create_instance_profile(InstanceProfileName="Empty")
    role = create_role(iam, "Caller", {"AWS": ACCOUNT}, *statements)
    if operation == "create_tags":
        launched = client("ec2").run_instances(ImageId="ami-12345678", MinCount=1, MaxCount=1)
        arguments = {**arguments, "Resources": [launched["Instances"][0]["InstanceId"]]}
    call = getattr(client(service, **keys_of_role(role)), operation)
    if missing is None:
        call(**arguments)
        return
    with pytest.raises(ClientError, match=f"not authorized to perform: {missing}"):
        call(**arguments)


def test_a_policy_that_is_detached_allows_nothing_any_more(client: Any, keys_of_role: Any) -> None:
    iam = client("iam")
    role = create_role(iam, "Caller", {"AWS": ACCOUNT})
    iam.attach_role_policy(RoleName="Caller", PolicyArn=ADMIN)
    ssm = client("ssm", **keys_of_role(role))
    ssm.list_associations()
    iam.detach_role_policy(RoleName="Caller", PolicyArn=ADMIN)
    with pytest.raises(ClientError, match="AccessDenied"):
        ssm.list_associations()
