"""`patch-policy clean-up`: what runbooks did is undone, and nothing else."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from modules.cli import main
from modules.local_aws import LocalAws
from modules.local_aws.faults import Fault
from tests.local_aws.commands.conftest import ACCOUNT, REGION, Client

POLICY = f"""\
name: web
configuration_id: a1b2c
home_region: {REGION}
targets: {{all: true}}
instance_roles: {{manage_default_role: MANAGED}}
"""
CORE = "arn:aws:iam::aws:policy/AmazonSSMManagedInstanceCore"
BASELINES = "aws-quicksetup-patchpolicy-baselineoverrides-s3"
NAME_TAG = "QSConfigName-a1b2c"

Output = pytest.CaptureFixture[str]


@pytest.fixture
def policy(tmp_path: Path) -> str:
    file = tmp_path / "policy.yaml"
    file.write_text(POLICY.replace("MANAGED", "true"), encoding="utf-8")
    return str(file)


@pytest.fixture
def baseline_policy(client: Client) -> str:
    allow = {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}
    document = {"Version": "2012-10-17", "Statement": [allow]}
    created = client("iam").create_policy(
        PolicyName=BASELINES,
        PolicyDocument=json.dumps(document),
        Path="/ssm/quicksetup/patchpolicy/",
    )
    return str(created["Policy"]["Arn"])


def tag_node(client: Client, node: str, key: str = NAME_TAG) -> None:
    tags = [{"Key": key, "Value": "web"}]
    if node.startswith("mi-"):
        client("ssm").add_tags_to_resource(
            ResourceType="ManagedInstance", ResourceId=node, Tags=tags
        )
    else:
        client("ec2").create_tags(Resources=[node], Tags=tags)


def instance_tags(client: Client, node: str) -> set[str]:
    filters = [{"Name": "resource-id", "Values": [node]}]
    return {tag["Key"] for tag in client("ec2").describe_tags(Filters=filters)["Tags"]}


def hybrid_tags(client: Client, node: str) -> set[str]:
    found = client("ssm").list_tags_for_resource(ResourceType="ManagedInstance", ResourceId=node)
    return {tag["Key"] for tag in found["TagList"]}


def role_tags(client: Client, role: str) -> dict[str, str]:
    return {tag["Key"]: tag["Value"] for tag in client("iam").list_role_tags(RoleName=role)["Tags"]}


def attached(client: Client, role: str) -> set[str]:
    found: list[dict[str, Any]] = client("iam").list_attached_role_policies(RoleName=role)[
        "AttachedPolicies"
    ]
    return {each["PolicyName"] for each in found}


def mark(client: Client, role: str, **tags: str) -> None:
    named = [{"Key": key.replace("_", "-"), "Value": value} for key, value in tags.items()]
    client("iam").tag_role(RoleName=role, Tags=named)


def test_a_policy_without_traces_is_clean(aws: LocalAws, policy: str, capsys: Output) -> None:
    assert main(["clean-up", policy]) == 0
    expected = f"web (a1b2c) in account {ACCOUNT}: its runbooks left nothing behind.\n"
    assert capsys.readouterr().out == expected


def test_without_yes_traces_are_listed_and_stay(
    client: Client, fleet: Mapping[str, str], policy: str, capsys: Output
) -> None:
    tag_node(client, fleet["stopped"])
    mark(client, "WebRole", QSConfigId_a1b2c="a1b2c")
    assert main(["clean-up", policy]) == 1
    output = capsys.readouterr().out
    assert fleet["stopped"] in output
    assert "role WebRole: tags QSConfigId-a1b2c" in output
    assert output.endswith("Nothing was changed. To remove this, say --yes.\n")
    assert NAME_TAG in instance_tags(client, fleet["stopped"])
    assert "QSConfigId-a1b2c" in role_tags(client, "WebRole")


def test_name_tags_go_from_every_kind_of_node(
    client: Client, fleet: Mapping[str, str], policy: str
) -> None:
    for node in fleet.values():
        tag_node(client, node)
        tag_node(client, node, "QSConfigName-other")
    assert main(["clean-up", "--yes", policy]) == 0
    left = {"Name", "QSConfigName-other"}
    assert instance_tags(client, fleet["web"]) == left
    assert instance_tags(client, fleet["stopped"]) == left
    assert hybrid_tags(client, fleet["shop"]) == left
    assert main(["clean-up", policy]) == 0


def test_a_region_that_the_policy_left_is_cleaned_by_its_name_and_roles_stay_marked(
    client: Client, fleet: Mapping[str, str], policy: str, tmp_path: Path
) -> None:
    file = tmp_path / "elsewhere.yaml"
    file.write_text(Path(policy).read_text().replace(REGION, "us-east-2"), encoding="utf-8")
    tag_node(client, fleet["stopped"])
    mark(client, "WebRole", QSConfigId_a1b2c="a1b2c")
    assert main(["clean-up", "--yes", "--region", REGION, str(file)]) == 0
    assert NAME_TAG not in instance_tags(client, fleet["stopped"])
    assert "QSConfigId-a1b2c" in role_tags(client, "WebRole")


def test_only_policies_that_a_runbook_attached_are_detached(
    client: Client, fleet: Mapping[str, str], baseline_policy: str, policy: str
) -> None:
    """WebRole had AmazonSSMManagedInstanceCore before; the runbook's record does not name it."""
    client("iam").attach_role_policy(RoleName="WebRole", PolicyArn=CORE)
    client("iam").attach_role_policy(RoleName="WebRole", PolicyArn=baseline_policy)
    mark(client, "WebRole", QSConfigId_a1b2c="a1b2c", QSConfigAttached_a1b2c=BASELINES, Team="web")
    assert main(["clean-up", "--yes", policy]) == 0
    assert attached(client, "WebRole") == {"AmazonSSMManagedInstanceCore"}
    assert role_tags(client, "WebRole") == {"Team": "web"}


def test_a_policy_that_another_configuration_needs_stays_and_so_does_the_record(
    client: Client, fleet: Mapping[str, str], baseline_policy: str, policy: str
) -> None:
    client("iam").attach_role_policy(RoleName="WebRole", PolicyArn=baseline_policy)
    mark(
        client,
        "WebRole",
        QSConfigId_a1b2c="a1b2c",
        QSConfigAttached_a1b2c=BASELINES,
        QSConfigId_other="other",
    )
    assert main(["clean-up", "--yes", policy]) == 0
    assert BASELINES in attached(client, "WebRole")
    assert role_tags(client, "WebRole") == {
        "QSConfigId-other": "other",
        "QSConfigAttached-other": BASELINES,
    }


def test_the_default_role_is_terraforms_where_it_manages_it(
    client: Client, fleet: Mapping[str, str], policy: str, tmp_path: Path
) -> None:
    role = "AmazonSSMRoleForInstancesQuickSetup"
    client("iam").create_role(RoleName=role, AssumeRolePolicyDocument='{"Version":"2012-10-17"}')
    mark(client, role, QSConfigId_a1b2c="a1b2c")
    assert main(["clean-up", "--yes", policy]) == 0
    assert "QSConfigId-a1b2c" in role_tags(client, role)
    owned_elsewhere = tmp_path / "elsewhere.yaml"
    owned_elsewhere.write_text(POLICY.replace("MANAGED", "false"), encoding="utf-8")
    assert main(["clean-up", "--yes", str(owned_elsewhere)]) == 0
    assert role_tags(client, role) == {}


def test_the_default_profile_is_taken_off_on_request_only(
    client: Client, fleet: Mapping[str, str], policy: str
) -> None:
    name = "AmazonSSMRoleForInstancesQuickSetup"
    client("iam").create_instance_profile(InstanceProfileName=name)
    client("ec2").associate_iam_instance_profile(
        IamInstanceProfile={"Name": name}, InstanceId=fleet["stopped"]
    )
    assert main(["clean-up", "--yes", policy]) == 0
    assert profiles(client) == {"Web", name}
    assert main(["clean-up", "--release-instances", policy]) == 1
    assert main(["clean-up", "--yes", "--release-instances", policy]) == 0
    assert profiles(client) == {"Web"}


def test_the_baseline_policy_is_taken_off_roles_of_others_on_request_only(
    client: Client, baseline_policy: str, policy: str, capsys: Output
) -> None:
    client("iam").attach_role_policy(RoleName="WebRole", PolicyArn=baseline_policy)
    assert main(["clean-up", "--yes", policy]) == 0
    assert BASELINES in attached(client, "WebRole")
    assert main(["clean-up", "--release-instances", policy]) == 1
    assert f"policy {BASELINES}, attached by others: role WebRole\n" in capsys.readouterr().out
    assert main(["clean-up", "--yes", "--release-instances", policy]) == 0
    assert attached(client, "WebRole") == {"AmazonSSMManagedInstanceCore"}
    assert main(["clean-up", "--release-instances", policy]) == 0


def test_the_baseline_policy_of_another_owner_is_left_alone(
    client: Client, baseline_policy: str, policy: str
) -> None:
    client("iam").attach_role_policy(RoleName="WebRole", PolicyArn=baseline_policy)
    Path(policy).write_text(POLICY.replace("MANAGED", "false"), encoding="utf-8")
    assert main(["clean-up", "--yes", "--release-instances", policy]) == 0
    assert BASELINES in attached(client, "WebRole")


def test_a_role_that_is_told_of_already_is_not_told_of_twice(
    client: Client, baseline_policy: str, policy: str, capsys: Output
) -> None:
    client("iam").attach_role_policy(RoleName="WebRole", PolicyArn=baseline_policy)
    mark(client, "WebRole", QSConfigId_a1b2c="a1b2c", QSConfigAttached_a1b2c=BASELINES)
    assert main(["clean-up", "--release-instances", policy]) == 1
    assert "attached by others" not in capsys.readouterr().out


def profiles(client: Client) -> set[str]:
    found = client("ec2").describe_iam_instance_profile_associations(
        Filters=[{"Name": "state", "Values": ["associated"]}]
    )["IamInstanceProfileAssociations"]
    return {each["IamInstanceProfile"]["Arn"].rsplit("/", 1)[-1] for each in found}


def test_an_interrupted_clean_up_is_completed_by_the_next(
    aws: LocalAws, client: Client, baseline_policy: str, policy: str, capsys: Output
) -> None:
    client("iam").attach_role_policy(RoleName="WebRole", PolicyArn=baseline_policy)
    mark(client, "WebRole", QSConfigId_a1b2c="a1b2c", QSConfigAttached_a1b2c=BASELINES)
    aws.state.faults.pending.append(Fault(operation="iam.UntagRole", code="AccessDenied"))
    assert main(["clean-up", "--yes", policy]) == 2
    assert "AWS refused UntagRole: AccessDenied" in capsys.readouterr().err
    assert main(["clean-up", "--yes", policy]) == 0
    assert attached(client, "WebRole") == {"AmazonSSMManagedInstanceCore"}
    assert role_tags(client, "WebRole") == {}


def test_an_aws_out_of_reach_is_one_line(
    aws: LocalAws, policy: str, monkeypatch: pytest.MonkeyPatch, capsys: Output
) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:1")
    assert main(["clean-up", policy]) == 2
    error = capsys.readouterr().err
    assert error.startswith("AWS cannot be called: ")
    assert error.count("\n") == 1


def test_another_account_than_the_apps_is_left_alone(
    client: Client, policy: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Output
) -> None:
    mark(client, "WebRole", QSConfigId_a1b2c="a1b2c")
    context = {"policies": ["policies"], "account": "111122223333"}
    (tmp_path / "cdktf.json").write_text(json.dumps({"context": context}))
    monkeypatch.chdir(tmp_path)
    assert main(["clean-up", "--yes", policy]) == 2
    assert capsys.readouterr().err.startswith(
        f"The credentials are of account {ACCOUNT}; expected 111122223333"
    )
    assert role_tags(client, "WebRole") == {"QSConfigId-a1b2c": "a1b2c"}


def test_a_folder_stands_for_its_policies(aws: LocalAws, policy: str, capsys: Output) -> None:
    assert main(["clean-up", str(Path(policy).parent)]) == 0
    assert "its runbooks left nothing behind" in capsys.readouterr().out
