"""Local states that no policy produces any more are named, with what destroys their resources."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from modules.project.removed import report_removed_stacks
from modules.provider.backend import Backend, CloudBackend, LocalBackend, S3Backend

GONE = "patch-policy-gone1-eu-west-1"
ROLE: dict[str, Any] = {
    "mode": "managed",
    "type": "aws_ssm_document",
    "instances": [{"attributes": {"arn": "arn:aws:ssm:eu-west-1:123456789012:document/x"}}],
}
DATA: dict[str, Any] = {"mode": "data", "type": "aws_partition", "instances": []}


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "state").mkdir()
    monkeypatch.chdir(tmp_path)
    # The registry serves, whatever this machine has.
    monkeypatch.setenv("TF_CLI_CONFIG_FILE", str(tmp_path / "users.tfrc"))
    (tmp_path / "users.tfrc").touch()
    return tmp_path


def leave(project: Path, stack: str, *resources: dict[str, Any]) -> Path:
    path = project / "state" / f"{stack}.tfstate"
    path.write_text(json.dumps({"version": 4, "resources": resources}))
    return path


def reported(
    capsys: pytest.CaptureFixture[str], *produced: str, backend: Backend | None = None
) -> str:
    report_removed_stacks(backend or LocalBackend(), Path("cdktf.out"), produced)
    captured = capsys.readouterr()
    assert captured.out == ""
    return captured.err


def test_a_stack_that_is_gone_is_named_with_the_command_that_destroys_it(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    leave(project, GONE, ROLE, ROLE, DATA)
    folder = f"cdktf.out/removed/{GONE}"
    assert reported(capsys, "patch-policy-a1b2c-eu-west-1") == (
        f"{GONE}: no policy produces this stack any more, and its state holds 2 resources; "
        f"destroy them: terraform -chdir={folder} init && terraform -chdir={folder} destroy\n"
    )
    assert json.loads((project / folder / "main.tf.json").read_text()) == {
        "provider": {"aws": [{"region": "eu-west-1"}]},
        "terraform": {
            "backend": {"local": {"path": f"../../../state/{GONE}.tfstate"}},
            "required_providers": {
                "aws": {"source": "hashicorp/aws", "version": ">= 5.100.0, < 7.0.0"}
            },
        },
    }


def test_the_command_names_the_mirror_where_the_registry_does_not_serve(
    project: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    mirror = project / "mirror"
    (mirror / "registry.terraform.io" / "hashicorp" / "aws").mkdir(parents=True)
    monkeypatch.delenv("TF_CLI_CONFIG_FILE")
    monkeypatch.setenv("PATCH_POLICY_PROVIDER_MIRROR", str(mirror))
    leave(project, GONE, ROLE)
    folder = f"cdktf.out/removed/{GONE}"
    config = f"{folder}/terraform-cli.tfrc"
    assert reported(capsys) == (
        f"{GONE}: no policy produces this stack any more, and its state holds 1 resource; "
        f"destroy them: TF_CLI_CONFIG_FILE={config} terraform -chdir={folder} init && "
        f"terraform -chdir={folder} destroy\n"
    )
    assert f'path    = "{mirror}"' in (project / config).read_text()


def test_a_stack_that_is_produced_is_not_named(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    leave(project, GONE, ROLE)
    assert reported(capsys, GONE) == ""


def test_a_stack_that_came_back_is_not_left_with_what_would_destroy_it(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    leave(project, GONE, ROLE)
    assert reported(capsys) != ""
    assert reported(capsys, GONE) == ""
    assert not (project / "cdktf.out" / "removed" / GONE).exists()


def test_an_empty_state_and_somebody_elses_are_not_named(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    leave(project, GONE)
    leave(project, "network-prod", ROLE)
    assert reported(capsys) == ""


@pytest.mark.parametrize(
    "text",
    ['{"version": 4, "resour', "\xff", "[]", '{"resources": 5}', '{"resources": [{}]}', "[5]"],
)
def test_a_state_that_cannot_be_read_is_named_and_left_alone(
    project: Path, capsys: pytest.CaptureFixture[str], text: str
) -> None:
    path = leave(project, GONE)
    path.write_bytes(text.encode("latin-1"))
    message = reported(capsys)
    assert message.startswith(f"{GONE}: no policy produces this stack any more, and its state")
    assert "cannot be read" in message
    assert path.read_bytes() == text.encode("latin-1")


def test_a_folder_in_a_states_place_is_named(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (project / "state" / f"{GONE}.tfstate").mkdir()
    assert "cannot be read" in reported(capsys)


@pytest.mark.parametrize(
    "backend", [S3Backend(bucket="states", region="eu-west-1"), CloudBackend(organization="acme")]
)
def test_states_kept_elsewhere_are_not_looked_for(
    project: Path, capsys: pytest.CaptureFixture[str], backend: Backend
) -> None:
    leave(project, GONE, ROLE)
    assert reported(capsys, backend=backend) == ""


def test_the_region_of_a_partition_of_its_own_is_found(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    arn = "arn:aws-us-gov:lambda:us-gov-east-1:123456789012:function:x"
    leave(project, GONE, {**ROLE, "instances": [{"attributes": {"arn": arn}}]})
    reported(capsys)
    text = (project / "cdktf.out" / "removed" / GONE / "main.tf.json").read_text()
    assert json.loads(text)["provider"] == {"aws": [{"region": "us-gov-east-1"}]}
