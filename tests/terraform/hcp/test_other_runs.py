"""Runs that no terminal starts: driven by the API, and by a repository."""

from __future__ import annotations

import asyncio
import json
import ssl
import subprocess
import time
from pathlib import Path

import httpx
import pytest

from modules.cli import main
from tests.hcp.certificates import Certificates
from tests.hcp.execution import contents_of, names_in
from tests.hcp.remote_runs import RemoteRun, Workspace
from tests.hcp.workspaces import TOKEN, Workspaces
from tests.synth.apps import EXAMPLE
from tests.terraform.hcp.conftest import STACK, project

ROOT = Path(__file__).parents[3]


def api_run(hcp: Workspaces, certificates: Certificates, folder: Path) -> RemoteRun:
    """A run of what examples/hcp_api_run.sh uploads, when it is over."""
    name = f"api-{len(hcp.workspaces)}"
    hcp.workspaces[name] = Workspace(name=name, project=None, tags=[])
    environment = {
        "PATH": "/usr/local/bin:/usr/bin:/bin",
        "TFE_ADDRESS": hcp.address,
        "TFE_TOKEN": TOKEN,
        "CURL_CA_BUNDLE": str(certificates.authority),
    }
    done = subprocess.run(
        [ROOT / "examples" / "hcp_api_run.sh", f"ws-{name}", str(folder)],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    run = hcp.remote_runs[-1]
    assert done.stdout == f"{run.id}\n"
    end = time.monotonic() + 120
    while run.status in ("planning", "post_plan_running"):
        assert time.monotonic() < end
        time.sleep(0.1)
    return run


@pytest.fixture(scope="module")
def by_api(
    hcp: Workspaces, certificates: Certificates, tmp_path_factory: pytest.TempPathFactory
) -> RemoteRun:
    target = tmp_path_factory.mktemp("api") / "root"
    assert main(["generate", str(EXAMPLE), "--output", str(target), "--layout", "root"]) == 0
    (target / "plan").write_text("hunter2", encoding="utf-8")
    (target / "old.tfstate").write_text("hunter2", encoding="utf-8")
    return api_run(hcp, certificates, target)


def test_an_api_driven_run_plans_and_is_reviewed(by_api: RemoteRun) -> None:
    assert by_api.task
    assert by_api.task.result["attributes"]["status"] == "failed"
    assert by_api.task.outcomes[0]["outcome-id"] == "install-begins"


def test_its_upload_has_terraforms_files_in_its_root_and_no_secret(by_api: RemoteRun) -> None:
    assert "main.tf" in names_in(by_api.upload) or "versions.tf" in names_in(by_api.upload)
    assert b"hunter2" not in contents_of(by_api.upload)


def test_its_plan_in_json_can_be_reviewed_at_the_terminal(
    by_api: RemoteRun,
    hcp: Workspaces,
    certificates: Certificates,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    done = subprocess.run(
        [
            "curl",
            "--silent",
            "--fail",
            "--location",
            "--cacert",
            str(certificates.authority),
            "--header",
            f"Authorization: Bearer {TOKEN}",
            f"{hcp.address}/api/v2/runs/{by_api.id}/plan/json-output",
        ],
        capture_output=True,
        check=True,
    )
    file = tmp_path / "plan.json"
    file.write_bytes(done.stdout)
    assert main(["review", str(file), "--fail-on", "critical"]) == 1
    assert "Patches are installed" in capsys.readouterr().out


def test_without_a_plan_there_is_no_json_yet(
    by_api: RemoteRun, hcp: Workspaces, certificates: Certificates
) -> None:
    hcp.begin(by_api.workspace, b"")
    answer = httpx.get(
        f"{hcp.address}/api/v2/runs/{hcp.remote_runs[-1].id}/plan/json-output",
        headers={"Authorization": f"Bearer {TOKEN}"},
        verify=ssl.create_default_context(cafile=certificates.authority),
    )
    assert answer.status_code == 204


def test_a_pull_request_plans_what_is_committed_in_the_working_directory(
    hcp: Workspaces, tmp_path: Path
) -> None:
    """HCP Terraform takes the commit as it is: what `.gitignore` names is not there."""
    app = project(tmp_path, workspace_prefix="vcs-")
    (app / ".git" / "config").unlink()
    ignored = (ROOT / ".gitignore").read_text(encoding="utf-8").replace("cdktf.out/\n", "plan\n")
    (app / ".gitignore").write_text(ignored, encoding="utf-8")
    for arguments in (["init"], ["add", "--all"], ["commit", "--message", "Patch policies"]):
        git(app, *arguments)
    directory = f"cdktf.out/stacks/{STACK}"
    workspace = Workspace(name="vcs", project=None, tags=[], working_directory=directory)
    run = hcp.begin(workspace, git(app, "archive", "--format=tar.gz", "HEAD"))
    pull_request = "https://github.com/acme/patching/pull/7"
    asyncio.run(hcp.execute(run, is_speculative=True, vcs_pull_request_url=pull_request))
    assert run.planned
    assert run.planned.counts["create"] == 47
    assert json.loads(run.planned.document)
    assert run.task
    assert run.task.result["attributes"]["status"] == "failed"
    leftovers = {"plan", "terraform.tfstate.backup"}
    uploaded = {Path(each).name for each in names_in(run.upload) if each.startswith(directory)}
    assert "cdk.tf.json" in uploaded
    assert not uploaded & leftovers


def git(folder: Path, *arguments: str) -> bytes:
    identity = ["-c", "user.name=somebody", "-c", "user.email=somebody@example.com"]
    done = subprocess.run(
        ["git", *identity, *arguments], cwd=folder, capture_output=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout
