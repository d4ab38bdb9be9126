"""What a user sees where AWS refuses, or is not there: an error in bounded time."""

from __future__ import annotations

import json
import socket
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from modules.quick_setup.names import DEFAULT_ROLE
from tests.e2e.aws import ACCOUNT, OTHER_ACCOUNT, REGION, Aws, embedded_aws
from tests.e2e.harness import Project, new_project
from tests.e2e.scenario_life import POLICY, ROLE_STACK

BOUND_SECONDS = 60
DEPLOY_ROLE = ("deploy", ROLE_STACK, "--auto-approve", "--skip-provider-lock")


@pytest.fixture(scope="module")
def aws() -> Iterator[Aws]:
    with embedded_aws() as aws:
        yield aws


@pytest.fixture(scope="module")
def project(aws: Aws, tmp_path_factory: pytest.TempPathFactory) -> Project:
    project = new_project(tmp_path_factory.mktemp("refusals"), aws)
    project.write_policy(POLICY)
    project.synth().succeeded()
    project.stack(ROLE_STACK).init()
    return project


def test_wrong_credentials_are_named(project: Project) -> None:
    stranger = project.with_env(AWS_ACCESS_KEY_ID="AKIAUNKNOWNUNKNOWN00")
    ended = stranger.cdktf(*DEPLOY_ROLE).failed(saying="InvalidClientTokenId")
    assert "Traceback" not in ended.output


def test_credentials_of_another_account_deploy_nothing(aws: Aws, tmp_path: Path) -> None:
    project = new_project(tmp_path, aws)
    project.write_policy(POLICY)
    configuration = project.folder / "cdktf.json"
    text = json.loads(configuration.read_text(encoding="utf-8"))
    text["context"]["account"] = OTHER_ACCOUNT
    configuration.write_text(json.dumps(text), encoding="utf-8")
    project.cdktf(*DEPLOY_ROLE).failed(saying=f"AWS account ID not allowed: {ACCOUNT}")
    made = {role["RoleName"] for role in aws.client("iam").list_roles()["Roles"]}
    assert DEFAULT_ROLE not in made


def test_an_aws_out_of_reach_is_named_in_bounded_time(project: Project) -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{unused.getsockname()[1]}"
        begun = time.monotonic()
        ended = project.with_env(AWS_ENDPOINT_URL=url).cdktf(*DEPLOY_ROLE)
    ended.failed(saying="AWS cannot be called: Could not connect to the endpoint URL")
    assert "Traceback" not in ended.output
    assert time.monotonic() - begun < BOUND_SECONDS


def test_a_missing_terraform_is_named_in_one_line(project: Project, tmp_path: Path) -> None:
    ended = project.with_env(PATH=str(tmp_path)).cdktf("deploy", "*")
    assert ended.status == 2
    assert ended.output.count("\n") == 1
    ended.failed(saying="install Terraform")


def test_an_invalid_policy_stops_the_deployment(aws: Aws, tmp_path: Path) -> None:
    project = new_project(tmp_path, aws)
    project.write_policy({**POLICY, "operation": "Install", "home_region": REGION})
    ended = project.cdktf("synth").failed(saying="$.operation: found")
    assert "Traceback" not in ended.output
