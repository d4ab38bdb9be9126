"""The permissions in docs/permissions.md are enough for what they are for, and bounded."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from modules.cli import main
from modules.commands.aws_session import session
from modules.local_aws import LocalAws
from tests.local_aws.commands.conftest import ACCOUNT, REGION, Client

PAGE = Path(__file__).parents[3] / "docs" / "permissions.md"
POLICY = f"""\
name: web
configuration_id: a1b2c
home_region: {REGION}
targets: {{all: true}}
"""
CORE = "arn:aws:iam::aws:policy/AmazonSSMManagedInstanceCore"


def documented(title: str) -> dict[str, Any]:
    """The policy of the section of this title, for the tests' account."""
    section = PAGE.read_text(encoding="utf-8").partition(f"## {title}\n")[2]
    found = re.search(r"```json\n(.*?)```", section, re.DOTALL)
    assert found
    policy: dict[str, Any] = json.loads(found[1].replace("<account>", ACCOUNT))
    return policy


def act_as_one_who_may(
    client: Client, monkeypatch: pytest.MonkeyPatch, policy: dict[str, Any]
) -> None:
    """From here on the environment's credentials are those of a role with this policy alone."""
    trust = {"Effect": "Allow", "Principal": {"AWS": ACCOUNT}, "Action": "sts:AssumeRole"}
    document = json.dumps({"Version": "2012-10-17", "Statement": [trust]})
    iam = client("iam")
    iam.create_role(RoleName="operator", AssumeRolePolicyDocument=document)
    iam.put_role_policy(
        RoleName="operator", PolicyName="documented", PolicyDocument=json.dumps(policy)
    )
    credentials = client("sts").assume_role(
        RoleArn=f"arn:aws:iam::{ACCOUNT}:role/operator", RoleSessionName="test"
    )["Credentials"]
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", credentials["AccessKeyId"])
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", credentials["SecretAccessKey"])
    monkeypatch.setenv("AWS_SESSION_TOKEN", credentials["SessionToken"])
    session.cache_clear()  # it holds the administrator's credentials


@pytest.fixture(autouse=True)
def forget_the_operator() -> Iterator[None]:
    yield
    session.cache_clear()


@pytest.fixture
def traces(aws: LocalAws, client: Client, tmp_path: Path) -> str:
    """A policy file whose runbooks left a name tag on every node, and marks on a role."""
    for machine in aws.state.nodes.at((ACCOUNT, REGION)).values():
        tags = [{"Key": "QSConfigName-a1b2c", "Value": "web"}]
        if machine.id.startswith("mi-"):
            client("ssm").add_tags_to_resource(
                ResourceType="ManagedInstance", ResourceId=machine.id, Tags=tags
            )
        else:
            client("ec2").create_tags(Resources=[machine.id], Tags=tags)
    marks = {"QSConfigId-a1b2c": "a1b2c", "QSConfigAttached-a1b2c": CORE.rpartition("/")[2]}
    iam = client("iam")
    iam.attach_role_policy(RoleName="WebRole", PolicyArn=CORE)
    iam.tag_role(RoleName="WebRole", Tags=[{"Key": k, "Value": v} for k, v in marks.items()])
    file = tmp_path / "web.yaml"
    file.write_text(POLICY, encoding="utf-8")
    return str(file)


def test_they_are_enough_to_clean_up(
    traces: str, client: Client, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    act_as_one_who_may(client, monkeypatch, documented("To clean up"))
    assert main(["clean-up", "--yes", traces]) == 0, capsys.readouterr().err
    assert main(["clean-up", traces]) == 0


@pytest.mark.parametrize("sid", ["FindTraces", "RemoveNameTags", "UnmarkRoles"])
def test_without_one_of_them_clean_up_is_refused(
    sid: str,
    traces: str,
    client: Client,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    policy = documented("To clean up")
    policy["Statement"] = [each for each in policy["Statement"] if each["Sid"] != sid]
    act_as_one_who_may(client, monkeypatch, policy)
    assert main(["clean-up", "--yes", traces]) == 2
    assert "expected credentials that may do this: see docs/permissions.md" in (
        capsys.readouterr().err
    )


def test_what_changes_roles_and_nodes_that_are_not_ours_is_bounded() -> None:
    """Without a condition these would let an operator tag any role, or detach any policy."""
    bounds = {
        action: set(each.get("Condition", {}))
        for each in documented("To clean up")["Statement"]
        for action in ([each["Action"]] if isinstance(each["Action"], str) else each["Action"])
    }
    tag_keys = {"ForAllValues:StringLike", "ForAnyValue:StringLike"}
    for action in ("iam:TagRole", "iam:UntagRole", "ec2:DeleteTags", "ssm:RemoveTagsFromResource"):
        assert bounds[action] == tag_keys, action
    assert bounds["iam:DetachRolePolicy"] == {"ArnEquals"}
