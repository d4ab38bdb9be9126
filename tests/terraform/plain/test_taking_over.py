"""A generated directory takes over what CDKTF's stacks deployed, and no node notices."""

from __future__ import annotations

import json
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.e2e.aws import ROOT, Aws, embedded_aws
from tests.e2e.harness import Project, new_project
from tests.e2e.inventory import associations, inventory

POLICY = yaml.safe_load((ROOT / "examples/patch_policy.yaml").read_text(encoding="utf-8"))
ROLE_STACK = "patch-policy-instance-role"
STACK = "patch-policy-a1b2c-ap-northeast-1"
# Arguments that an import does not read: they live in the state alone. For the function, whose code
# is uploaded once more, byte by byte the same.
STATE_ONLY = {
    ("aws_s3_bucket", "force_destroy"),
    ("aws_iam_role", "force_detach_policies"),
    ("aws_lambda_function", "filename"),
    ("aws_lambda_function", "publish"),
    ("aws_lambda_function", "source_code_hash"),
}


@pytest.fixture(scope="module")
def aws() -> Iterator[Aws]:
    with embedded_aws() as running:
        yield running


@pytest.fixture(scope="module")
def project(aws: Aws, tmp_path_factory: pytest.TempPathFactory) -> Project:
    """The example policy, deployed by CDKTF's stacks."""
    project = new_project(tmp_path_factory.mktemp("user") / "user", aws, settle=False)
    project.write_policy(POLICY)
    project.synth().succeeded()
    for name in (ROLE_STACK, STACK):
        project.stack(name).init().apply().succeeded()
    return project


def state(project: Project, stack: str) -> Path:
    shown = project.stack(stack).run("show", "-json").succeeded().output
    file = project.folder / f"{stack}.json"
    file.write_text(shown[shown.index("{") :], encoding="utf-8")
    return file


def terraform(project: Project, folder: Path, *arguments: str) -> str:
    return project.start("terraform", *arguments, "-no-color", cwd=folder).wait().succeeded().output


def changes(project: Project, folder: Path) -> list[dict[str, Any]]:
    terraform(project, folder, "init", "-input=false")
    terraform(project, folder, "plan", "-input=false", "-out=plan")
    shown = terraform(project, folder, "show", "-json", "plan")
    found: list[dict[str, Any]] = json.loads(shown[shown.index("{") :])["resource_changes"]
    return [each for each in found if each["mode"] == "managed"]


def generate(project: Project, folder: Path, *options: str) -> Path:
    command = ("generate", "a1b2c.yaml", "--output", str(folder), "--layout", "root", *options)
    project.run(sys.executable, "-m", "modules.cli", *command).succeeded()
    return folder


def updated(change: dict[str, Any]) -> set[str]:
    """The arguments that an update changes."""
    before, after = change["before"], change["after"]
    return {key for key in after if before.get(key) != after.get(key)}


def test_a_carried_over_state_moves_and_changes_nothing(project: Project, tmp_path: Path) -> None:
    """The role's state is another one, so that it is imported."""
    role = state(project, ROLE_STACK)
    folder = generate(project, tmp_path / "root", "--moved", "--import", str(role))
    shutil.copy(
        project.folder / "state" / f"{STACK}.tfstate", folder / "patch-policy-a1b2c.tfstate"
    )
    planned = changes(project, folder)
    not_roles = [each for each in planned if "importing" not in each["change"]]
    assert {(each["address"], *each["change"]["actions"]) for each in not_roles} == {
        (each["address"], "no-op") for each in not_roles
    }
    assert sum("previous_address" in each for each in not_roles) > 25


def test_imports_show_what_lives_in_the_state_alone_and_reach_no_node(
    project: Project, aws: Aws, tmp_path: Path
) -> None:
    states = [("--import", str(state(project, each))) for each in (ROLE_STACK, STACK)]
    folder = generate(project, tmp_path / "root", *(each for pair in states for each in pair))
    before = associations(aws), inventory(aws)

    planned = changes(project, folder)
    imported = [each for each in planned if "importing" in each["change"]]
    created = {each["type"] for each in planned if each not in imported}
    actions = {tuple(each["change"]["actions"]) for each in planned if each not in imported}
    assert (created, actions) == ({"aws_lambda_invocation", "terraform_data"}, {("create",)})
    seen = {
        (each["type"], key)
        for each in imported
        if each["change"]["actions"] != ["no-op"]
        for key in updated(each["change"]) or {"nothing but " + str(each["change"]["actions"])}
    }
    assert seen == STATE_ONLY

    terraform(project, folder, "apply", "-auto-approve", "-input=false")
    assert (associations(aws), inventory(aws)) == before
    terraform(project, folder, "plan", "-detailed-exitcode", "-input=false")
