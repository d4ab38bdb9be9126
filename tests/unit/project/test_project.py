"""The context in cdktf.json: which policy files, which backend."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from modules.policy.problems import PolicyError
from modules.project.context import CONTEXT_VARIABLE
from modules.project.project import Destination, load_destination, load_project
from modules.provider.backend import CloudBackend, LocalBackend, S3Backend


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.delenv(CONTEXT_VARIABLE, raising=False)
    for name in ("b", "a"):
        path = tmp_path / "policies" / f"{name}.yaml"
        path.parent.mkdir(exist_ok=True)
        path.touch()
    return tmp_path


def write(folder: Path, **context: Any) -> None:
    text = json.dumps({"language": "python", "context": context})
    (folder / "cdktf.json").write_text(text)


def test_patterns_and_paths_may_overlap_and_the_files_come_in_order(folder: Path) -> None:
    write(folder, policies=["policies/b.yaml", "policies/*.yaml", "policies/a.yaml"])
    assert load_project(folder).policies == (
        folder / "policies" / "a.yaml",
        folder / "policies" / "b.yaml",
    )


def test_a_path_outside_the_project_may_be_absolute(folder: Path, tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "c.yaml").touch()
    write(folder, policies=[str(elsewhere / "*.yaml")])
    assert load_project(folder).policies == (elsewhere / "c.yaml",)


def test_given_policies_stand_in_for_the_contexts(folder: Path) -> None:
    write(folder, policies=["policies/*.yaml"])
    assert load_project(folder, ["policies/b.yaml"]).policies == (folder / "policies" / "b.yaml",)


def test_the_context_that_the_command_line_hands_over_comes_first(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(folder, policies=["policies/a.yaml"])
    handed_over = {"policies": ["policies/b.yaml"], "cdktfRelativeModules": [], "excluded": 1}
    monkeypatch.setenv(CONTEXT_VARIABLE, json.dumps(handed_over))
    assert load_project(folder).policies == (folder / "policies" / "b.yaml",)


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (None, LocalBackend()),
        ({"local": {}}, LocalBackend()),
        (
            {"s3": {"bucket": "b1-", "region": "eu-west-1"}},
            S3Backend(bucket="b1-", region="eu-west-1"),
        ),
        (
            {"cloud": {"organization": "acme", "tags": ["patching"]}},
            CloudBackend(organization="acme", tags=("patching",)),
        ),
    ],
)
def test_the_backend_is_the_given_one(folder: Path, given: Any, expected: object) -> None:
    write(folder, policies=["policies/*.yaml"], **({"backend": given} if given else {}))
    assert load_project(folder).backend == expected


def test_a_folder_stands_for_its_policy_files(folder: Path) -> None:
    (folder / "policies" / "c.yml").touch()
    (folder / "policies" / "notes.txt").touch()
    write(folder, policies=["policies"])
    assert [file.name for file in load_project(folder).policies] == ["a.yaml", "b.yaml", "c.yml"]


def test_rejects_a_key_that_is_almost_one_of_ours(folder: Path) -> None:
    write(folder, policies=["policies"], acount="111122223333", BACKEND={}, cdktfRelativeModules=[])
    with pytest.raises(PolicyError) as caught:
        load_project(folder)
    assert [str(problem) for problem in caught.value.problems] == [
        "cdktf.json: $.context.BACKEND: found an unknown key; expected backend",
        "cdktf.json: $.context.acount: found an unknown key; expected account",
    ]


def test_the_account_is_the_given_one_or_any(folder: Path) -> None:
    write(folder, policies=["policies/*.yaml"], account="111122223333")
    assert load_project(folder).account == "111122223333"
    write(folder, policies=["policies/*.yaml"])
    assert load_project(folder).account is None


@pytest.mark.parametrize("account", ["1111-2222-3333", 111122223333, ""])
def test_rejects_what_is_no_account(folder: Path, account: object) -> None:
    write(folder, policies=["policies/*.yaml"], account=account)
    with pytest.raises(PolicyError) as caught:
        load_project(folder)
    assert [problem.path for problem in caught.value.problems] == ["$.context.account"]


def test_rejects_a_prefix_of_workspaces_that_are_chosen_by_tags(folder: Path) -> None:
    cloud = {"organization": "acme", "tags": ["patching"], "workspace_prefix": "prod-"}
    write(folder, policies=["policies"], backend={"cloud": cloud})
    with pytest.raises(PolicyError) as caught:
        load_project(folder)
    assert [str(problem) for problem in caught.value.problems] == [
        "cdktf.json: $.context.backend.cloud: found tags and workspace_prefix; "
        "expected one of them alone"
    ]


def test_rejects_all_patterns_without_a_file_at_once(folder: Path) -> None:
    write(folder, policies=["none/*.yaml", "policies/a.yaml", "policies/*.yml"])
    with pytest.raises(PolicyError) as caught:
        load_project(folder)
    assert [problem.path for problem in caught.value.problems] == [
        "$.context.policies[0]",
        "$.context.policies[2]",
    ]


@pytest.mark.parametrize("pattern", ["missing", "empty", "**x", "[", "\0", "*\0"])
def test_rejects_what_stands_for_no_file_and_names_the_example(folder: Path, pattern: str) -> None:
    (folder / "empty").mkdir()
    write(folder, policies=[pattern])
    with pytest.raises(PolicyError, match="expected at least one policy file: copy examples/"):
        load_project(folder)


def test_a_given_policy_that_is_missing_is_named_by_whoever_reads_it(folder: Path) -> None:
    write(folder, policies=["policies"])
    assert load_project(folder, ["missing.yaml"]).policies == (folder / "missing.yaml",)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("{", "$: found no JSON ("),
        ("\xff", "$: found no JSON ("),
        ("[]", "$: found a list; expected a mapping"),
        ("null", "$: found nothing; expected a mapping"),
        ('{"context": null}', "$.context: found nothing; expected a mapping"),
    ],
)
def test_rejects_a_configuration_that_is_none(folder: Path, text: str, found: str) -> None:
    (folder / "cdktf.json").write_bytes(text.encode("latin-1"))
    with pytest.raises(PolicyError) as caught:
        load_project(folder)
    assert str(caught.value).startswith(f"cdktf.json: {found}")


def test_rejects_a_configuration_that_cannot_be_read(folder: Path) -> None:
    (folder / "cdktf.json").mkdir()
    with pytest.raises(PolicyError, match=r"^cdktf\.json: \$: cannot be read \(Is a directory\)"):
        load_project(folder)


def test_a_root_without_configuration_takes_the_default(tmp_path: Path) -> None:
    found = load_destination(tmp_path, None, LocalBackend(folder="."))
    assert found == Destination(backend=LocalBackend(folder="."))


def test_a_root_takes_backend_and_account_of_the_configuration(tmp_path: Path) -> None:
    context = {"account": "123456789012", "backend": {"cloud": {"organization": "o"}}}
    (tmp_path / "cdktf.json").write_text(json.dumps({"context": context}), encoding="utf-8")
    found = load_destination(tmp_path, None, LocalBackend())
    assert found == Destination(backend=CloudBackend(organization="o"), account="123456789012")


def test_a_given_backend_stands_in_for_the_configurations(tmp_path: Path) -> None:
    context = {"account": "123456789012", "backend": {"cloud": {"organization": "o"}}}
    (tmp_path / "cdktf.json").write_text(json.dumps({"context": context}), encoding="utf-8")
    found = load_destination(tmp_path, '{"local": {}}', LocalBackend(folder="."))
    assert found == Destination(backend=LocalBackend(folder="."), account="123456789012")


@pytest.mark.parametrize(
    ("backend", "place"),
    [("{", "--backend: $"), ('{"s3": {}}', "--backend: $.backend.s3"), ("[]", "--backend")],
)
def test_rejects_a_given_backend_that_is_wrong(backend: str, place: str, tmp_path: Path) -> None:
    with pytest.raises(PolicyError, match=re.escape(place)):
        load_destination(tmp_path, backend, LocalBackend())
