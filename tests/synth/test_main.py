"""`python main.py` as a user runs it: with good input, and with all kinds of bad."""

from __future__ import annotations

import json
import random
from pathlib import Path
from typing import Any

import pytest
import yaml

import main
from modules.provider.app import new_app
from modules.stacks import app as app_of_stacks
from tests.synth.apps import EXAMPLE, run_main, synthesize, write_app

EXAMPLE_TEXT = EXAMPLE.read_text(encoding="utf-8")
BAD = "name: x\nconfiguration_id: a1b2c\nhome_region: nowhere\ntargets: {all: true}\nregion: 1\n"


@pytest.fixture
def app(tmp_path: Path) -> Path:
    return write_app(tmp_path / "app", {"good": EXAMPLE_TEXT})


@pytest.fixture
def output(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where main() in this process writes to: Node starts once, and stays where it started."""
    folder = tmp_path / "app" / "cdktf.out"
    monkeypatch.setattr(app_of_stacks, "new_app", lambda _outdir: new_app(str(folder)))
    return folder / "stacks"


def refused(app: Path, *arguments: str, environment: dict[str, str] | None = None) -> list[str]:
    """The lines on standard error of a run that refused its input and wrote nothing."""
    before = sorted(app.rglob("*"))
    run = run_main(app, *arguments, environment=environment)
    assert (run.returncode, run.stdout) == (2, ""), run.stderr
    assert "Traceback" not in run.stderr
    assert sorted(app.rglob("*")) == before
    return run.stderr.splitlines()


def test_every_problem_of_every_file_is_named_and_nothing_is_written(app: Path) -> None:
    (app / "policies" / "bad.yaml").write_text(BAD)
    (app / "policies" / "worse.yaml").write_text("- a list\n")
    lines = refused(app)
    assert sorted(tuple(line.split(": ")[:2]) for line in lines) == [
        ("policies/bad.yaml", "$.home_region"),
        ("policies/bad.yaml", "$.region"),
        ("policies/good.yaml", "$.configuration_id"),
        ("policies/worse.yaml", "$"),
    ]


def test_bad_input_leaves_an_earlier_output_alone(app: Path) -> None:
    output = synthesize(app)
    (app / "policies" / "bad.yaml").write_text(BAD)
    refused(app)
    assert (output / "manifest.json").is_file()


def test_rejects_a_configuration_id_that_is_used_twice(app: Path) -> None:
    (app / "policies" / "twin.yaml").write_text(EXAMPLE_TEXT)
    (line,) = refused(app)
    assert "$.configuration_id" in line
    assert "good.yaml" in line
    assert "twin.yaml" in line


def test_rejects_a_folder_without_cdktf_json(tmp_path: Path) -> None:
    (line,) = refused(tmp_path)
    assert line.startswith("cdktf.json: $: not found")


@pytest.mark.parametrize(
    ("context", "path"),
    [
        ({"policies": "policies/*.yaml"}, "$.context.policies"),
        ({"policies": []}, "$.context.policies"),
        ({"policies": [7]}, "$.context.policies[0]"),
        ({"backend": {}}, "$.context.backend"),
        ({"backend": {"s3": {"bucket": "states"}}}, "$.context.backend.s3"),
        ({"backend": {"local": {}, "cloud": {"organization": "o"}}}, "$.context.backend"),
        ({"backend": {"gcs": {}}}, "$.context.backend"),
        ({"policies": ["policies/*.yml"]}, "$.context.policies[0]"),
    ],
    ids=str,
)
def test_rejects_a_wrong_context(tmp_path: Path, context: dict[str, Any], path: str) -> None:
    app = write_app(tmp_path / "app", {"good": EXAMPLE_TEXT}, context)
    lines = refused(app)
    assert lines
    assert any(line.startswith(f"cdktf.json: {path}") for line in lines), lines


@pytest.mark.parametrize("text", ["", "{", "[]", '"x"', '{"context": []}', '{"context": null}'])
def test_rejects_a_cdktf_json_of_another_kind(app: Path, text: str) -> None:
    (app / "cdktf.json").write_text(text)
    (line,) = refused(app)
    assert line.startswith("cdktf.json: $")


def test_rejects_a_context_of_another_kind_from_the_command_line(app: Path) -> None:
    (line,) = refused(app, environment={"CDKTF_CONTEXT_JSON": "[]"})
    assert line.startswith("CDKTF_CONTEXT_JSON: $")


def test_rejects_an_argument_that_is_no_file(app: Path) -> None:
    (line,) = refused(app, "policies/none.yaml")
    assert "policies/none.yaml" in line


def test_rejects_a_folder_without_policy_files(app: Path) -> None:
    (app / "empty").mkdir()
    (line,) = refused(app, "empty")
    assert "empty" in line
    assert "found a folder" in line


def test_policies_given_as_arguments_stand_in_for_the_projects(
    app: Path, output: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = EXAMPLE_TEXT.replace("a1b2c", "other")
    (app / "another.yaml").write_text(other)
    monkeypatch.chdir(app)
    assert main.main(["another.yaml"]) == 0
    assert sorted(path.name for path in output.iterdir()) == [
        "patch-policy-instance-role",
        "patch-policy-other-ap-northeast-1",
    ]


@pytest.mark.parametrize(
    ("backend", "expected"),
    [
        (
            None,
            {"backend": {"local": {"path": "../../../state/patch-policy-instance-role.tfstate"}}},
        ),
        (
            {"s3": {"bucket": "states", "region": "eu-west-1", "key_prefix": "fleet/"}},
            {
                "backend": {
                    "s3": {
                        "bucket": "states",
                        "encrypt": True,
                        "key": "fleet/patch-policy-instance-role.tfstate",
                        "region": "eu-west-1",
                    }
                }
            },
        ),
        (
            {"cloud": {"organization": "acme", "project": "fleet", "workspace_prefix": "aws-"}},
            {
                "cloud": {
                    "organization": "acme",
                    "workspaces": {"name": "aws-patch-policy-instance-role", "project": "fleet"},
                }
            },
        ),
        (
            {"cloud": {"organization": "acme", "tags": ["patching", "prod"]}},
            {"cloud": {"organization": "acme", "workspaces": {"tags": ["patching", "prod"]}}},
        ),
    ],
    ids=["local", "s3", "cloud-by-name", "cloud-by-tags"],
)
def test_the_backend_is_the_projects(
    tmp_path: Path,
    output: Path,
    monkeypatch: pytest.MonkeyPatch,
    backend: dict[str, Any] | None,
    expected: dict[str, Any],
) -> None:
    context = {"backend": backend} if backend else {}
    app = write_app(tmp_path / "app", {"good": EXAMPLE_TEXT}, context)
    monkeypatch.chdir(app)
    assert main.main([]) == 0
    stack = output / "patch-policy-instance-role" / "cdk.tf.json"
    terraform = json.loads(stack.read_text(encoding="utf-8"))["terraform"]
    assert {key: terraform[key] for key in terraform.keys() & {"backend", "cloud"}} == expected


VALUES: tuple[Any, ...] = (
    None, True, 0, -1, 1.5, 10**20, "", " ", "x", "*", "${var.x}", "%{ if true }", "{{ x }}", "\0",
    "é", '"', "a" * 600, [], [None], ["a", "a"], {}, {"a": {}}, {"": ""},
    "cron(0 2 ? * SUN *)", "rate(1 minute)", "ap-northeast-1", "o-a1b2c3d4e5", "111122223333",
)  # fmt: skip


def mutated(policy: dict[str, Any], chance: random.Random) -> dict[str, Any]:
    """The policy with one to three of its values, or keys, changed, removed or added."""
    changed: dict[str, Any] = json.loads(json.dumps(policy))
    for _ in range(chance.randint(1, 3)):
        mappings = [changed]
        while mappings[-1] and chance.random() < 0.5:
            below = [value for value in mappings[-1].values() if isinstance(value, dict)]
            if not below:
                break
            mappings.append(chance.choice(below))
        mapping = mappings[-1]
        key = chance.choice([*map(str, mapping), *KEYS])
        if chance.random() < 0.2:
            mapping.pop(key, None)
        else:
            mapping[key] = chance.choice(VALUES)
    return changed


KEYS = (
    "regions", "scan", "install", "refresh", "reboot", "targets", "tag", "all", "instance_ids",
    "resource_group", "rate_control", "instance_roles", "name_tag", "patch_baselines", "tags",
    "command_output", "explorer", "sharing", "organization", "baseline_store", "access_logs",
    "document_name_prefix", "schedule", "x",
)  # fmt: skip


@pytest.mark.usefixtures("output")
def test_no_mutation_of_a_policy_ends_in_a_traceback(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """300 of them, in one process: those which are still legal are synthesized."""
    app = write_app(tmp_path / "app", {})
    monkeypatch.chdir(app)
    chance = random.Random(20261123)  # noqa: S311 - the same mutations every time
    example = yaml.safe_load(EXAMPLE_TEXT)
    legal = 0
    for number in range(300):
        policy = mutated(example, chance)
        (app / "mutant.yaml").write_text(json.dumps(policy))
        status = main.main(["mutant.yaml"])
        message = capsys.readouterr().err
        assert status in (0, 2), f"{number}: {policy}: {message}"
        assert bool(message) == (status == 2), f"{number}: {policy}"
        assert all(line.startswith("mutant.yaml: $") for line in message.splitlines()), message
        legal += status == 0
    assert legal >= 10


def test_a_damaged_record_of_files_is_written_anew(app: Path) -> None:
    output = synthesize(app)
    record = next(output.rglob(".files.json"))
    sound = record.read_bytes()
    record.write_text("[")
    synthesize(app)
    assert record.read_bytes() == sound


def test_a_file_in_a_folders_place_is_one_line(app: Path) -> None:
    documents = next(synthesize(app).rglob("documents"))
    for document in documents.iterdir():
        document.unlink()
    documents.rmdir()
    documents.touch()
    run = run_main(app)
    assert run.returncode == 1
    assert run.stderr.endswith(f"'{documents.relative_to(app)}'\n")
    assert "Traceback" not in run.stderr
