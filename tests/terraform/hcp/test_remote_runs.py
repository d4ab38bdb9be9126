"""Runs of the stacks in HCP Terraform: what is uploaded, what is planned, what the task says."""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping
from pathlib import Path

import pytest

from modules.cli import main
from tests.hcp.execution import contents_of, names_in
from tests.hcp.remote_runs import RemoteRun, Workspace
from tests.hcp.workspaces import Workspaces
from tests.synth.apps import EXAMPLE
from tests.terraform.hcp.conftest import HOSTNAME, STACK, Terminal, folder_of, project

ROOT = Path(__file__).parents[3]
UPLOADED = {
    ".files.json",
    ".terraform.lock.hcl",
    ".terraformignore",
    "cdk.tf.json",
    "documents/add_or_remove_tag.json",
    "documents/create_and_attach_iam_to_ec2_node.json",
    "documents/create_and_attach_iam_to_hybrid_node.json",
    "documents/name_tag_remediation.json",
    "documents/remediation.json.tftpl",
    "lambda/baseline_overrides.zip",
}


@pytest.fixture(scope="module")
def terminal(
    hcp: Workspaces, cli: Mapping[str, str], tmp_path_factory: pytest.TempPathFactory
) -> Terminal:
    """In the folder of a stack, whose workspace is named after it and has no working directory."""
    app = project(tmp_path_factory.mktemp("named"))
    shutil.rmtree(app / "cdktf.out" / "stacks" / STACK / ".terraform", ignore_errors=True)
    return Terminal(hcp=hcp, app=app, stack=folder_of(app), environment=cli)


@pytest.fixture(scope="module")
def run(terminal: Terminal) -> RemoteRun:
    """Beside what earlier local runs left in the stack's folder."""
    assert (terminal.stack / "plan").exists()
    return terminal.plan()


def test_the_run_plans_the_stack(run: RemoteRun) -> None:
    assert run.planned
    assert run.planned.counts["create"] == 47
    assert json.loads(run.planned.document)["format_version"].startswith("1.")


def test_the_workspace_has_the_stacks_name_and_project(run: RemoteRun) -> None:
    assert (run.workspace.name, run.workspace.project) == (STACK, "prj-patching")


def test_the_review_of_that_plan_is_the_tasks_result(run: RemoteRun) -> None:
    """Terraform, webhook, review, callback: the whole way."""
    assert run.task
    assert run.task.result["attributes"]["status"] == "failed"
    rules = [each["outcome-id"] for each in run.task.outcomes]
    assert rules[:2] == ["install-begins", "reboot-begins"]
    assert {"association-added", "runs-on-apply"} <= set(rules)


def test_the_terminal_shows_the_tasks_result(run: RemoteRun, terminal: Terminal) -> None:
    assert run.task
    assert "Post-plan Tasks" in terminal.printed[-1]
    assert run.task.result["attributes"]["message"] in " ".join(terminal.printed[-1].split())


def test_what_is_uploaded_is_the_stack_alone(run: RemoteRun) -> None:
    assert set(names_in(run.upload)) == UPLOADED


def test_the_upload_is_small(run: RemoteRun) -> None:
    assert len(run.upload) < 100_000


def test_the_upload_has_no_secret_and_no_path_of_this_machine(
    run: RemoteRun, terminal: Terminal
) -> None:
    content = contents_of(run.upload)
    assert b"aws_ssm_association" in content
    for found in ("hunter2", str(terminal.app), str(Path.home()), str(ROOT), "atlasv1"):
        assert found.encode() not in content


def test_with_a_working_directory_the_ignore_file_leaves_all_but_the_stacks(
    hcp: Workspaces, cli: Mapping[str, str], tmp_path: Path
) -> None:
    """Terraform then uploads from that many folders up: here the whole project."""
    app = project(tmp_path, workspace_prefix="dir-")
    shutil.copy(ROOT / ".terraformignore", app)
    name, directory = f"dir-{STACK}", f"cdktf.out/stacks/{STACK}"
    hcp.workspaces[name] = Workspace(name=name, project=None, tags=[], working_directory=directory)
    terminal = Terminal(hcp=hcp, app=app, stack=folder_of(app), environment=cli)
    run = terminal.plan()
    assert run.planned
    assert run.planned.counts["create"] == 47
    uploaded = set(names_in(run.upload))
    assert {each for each in uploaded if each.startswith(directory)} == {
        f"{directory}/{each}" for each in UPLOADED
    }
    others = {each for each in uploaded if not each.startswith("cdktf.out/stacks/")}
    assert others <= {".terraformignore"}
    assert b"hunter2" not in contents_of(run.upload)
    assert str(app).encode() not in contents_of(run.upload)
    assert len(run.upload) < 100_000


def test_plain_terraform_runs_there_as_well(
    hcp: Workspaces, cli: Mapping[str, str], tmp_path: Path
) -> None:
    cloud = {"organization": "acme", "hostname": HOSTNAME, "workspace_prefix": "plain-"}
    target = tmp_path / "root"
    arguments = [str(EXAMPLE), "--output", str(target), "--layout", "root"]
    assert main(["generate", *arguments, "--backend", json.dumps({"cloud": cloud})]) == 0
    for name in ("plan", "tfplan", "plan.json", "old.tfstate", ".env.local"):
        (target / name).write_text("hunter2", encoding="utf-8")
    terminal = Terminal(hcp=hcp, app=target, stack=target, environment=cli)
    run = terminal.plan()
    assert run.workspace.name.startswith("plain-")
    assert run.planned
    assert run.planned.counts["create"] > 47, "the instance role is in the same root"
    assert run.task
    assert "install-begins" in {each["outcome-id"] for each in run.task.outcomes}
    content = contents_of(run.upload)
    for found in ("hunter2", str(target), str(Path.home()), str(ROOT), "atlasv1"):
        assert found.encode() not in content
    assert len(run.upload) < 150_000


def test_workspaces_are_found_by_their_tags(
    hcp: Workspaces, cli: Mapping[str, str], tmp_path: Path
) -> None:
    hcp.workspaces["tagged"] = Workspace(name="tagged", project=None, tags=["patching", "linux"])
    app = project(tmp_path, tags=["patching", "linux"])
    terminal = Terminal(hcp=hcp, app=app, stack=folder_of(app), environment=cli)
    done = terminal.terraform("init", "-input=false")
    assert done.returncode == 0, done.stderr
    listed = terminal.terraform("workspace", "list").stdout.replace("*", "").split()
    assert listed == ["tagged"]


def test_without_a_token_nothing_is_uploaded(
    hcp: Workspaces, cli: Mapping[str, str], tmp_path: Path
) -> None:
    app = project(tmp_path, workspace_prefix="denied-")
    before = dict(hcp.uploads)
    terminal = Terminal(hcp=hcp, app=app, stack=folder_of(app), environment=cli)
    done = terminal.terraform(
        "init",
        "-input=false",
        TF_TOKEN_app_terraform_example="wrong",
        TF_CLI_CONFIG_FILE="/dev/null",
    )
    assert done.returncode == 1
    assert hcp.uploads == before
