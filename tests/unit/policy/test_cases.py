"""Whole policy files: the good ones with the policy they stand for, the bad ones with all messages.

A case is a pair of files in `cases/`: `good/<file>` with `good/<file>.expected.json`, and
`bad/<name>.yaml` with `bad/<name>.txt` (a line for each message, without the file's name).
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import Any

import pytest

from modules.policy.loader import load_policy
from modules.policy.problems import PolicyError

CASES = Path(__file__).parent / "cases"
GOOD = sorted(path for path in (CASES / "good").iterdir() if ".expected." not in path.name)
BAD = sorted((CASES / "bad").glob("*.yaml"))


@pytest.mark.parametrize("file", GOOD, ids=lambda path: path.name)
def test_good_policy_is_loaded_with_its_defaults(file: Path) -> None:
    expected = json.loads(file.with_name(f"{file.name}.expected.json").read_text(encoding="utf-8"))
    assert plain(load_policy(file)) == expected


@pytest.mark.parametrize("file", BAD, ids=lambda path: path.stem)
def test_bad_policy_is_refused_with_every_problem(file: Path) -> None:
    with pytest.raises(PolicyError) as refusal:
        load_policy(file)
    problems = refusal.value.problems
    assert {problem.file for problem in problems} == {str(file)}
    messages = [f"{problem.path}: {problem.message}" for problem in problems]
    assert messages == file.with_suffix(".txt").read_text(encoding="utf-8").splitlines()


@pytest.mark.parametrize("file", BAD, ids=lambda path: path.stem)
def test_every_message_says_what_was_found_and_what_is_expected_on_one_line(file: Path) -> None:
    for line in file.with_suffix(".txt").read_text(encoding="utf-8").splitlines():
        _, message = line.split(": ", 1)
        assert message.startswith("found "), line
        assert "expected " in message, line
        assert line.isprintable(), line


def test_both_forms_of_a_policy_file_give_the_same_policy() -> None:
    assert load_policy(CASES / "good" / "least.json") == load_policy(CASES / "good" / "least.yaml")


def plain(value: Any) -> Any:
    """A policy as JSON holds it; a target also with the name of its class."""
    if is_dataclass(value):
        shown = {field.name: plain(getattr(value, field.name)) for field in fields(value)}
        return {"kind": type(value).__name__, **shown}
    if isinstance(value, Mapping):
        return dict(value)
    return list(value) if isinstance(value, tuple) else value
