"""The context in cdktf.json: which policy files, which backend."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from modules.policy.problems import PolicyError
from modules.project.project import CONTEXT_VARIABLE, load_project
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


def test_rejects_all_patterns_without_a_file_at_once(folder: Path) -> None:
    write(folder, policies=["none/*.yaml", "policies/a.yaml", "policies/*.yml"])
    with pytest.raises(PolicyError) as caught:
        load_project(folder)
    assert [problem.path for problem in caught.value.problems] == [
        "$.context.policies[0]",
        "$.context.policies[2]",
    ]
