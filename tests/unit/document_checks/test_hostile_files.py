"""Whatever file is given: problems, soon, and no traceback."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import pytest

from modules.cli import main
from modules.document_checks.report import check_paths
from tests.unit.document_checks.checking import SEEDED, Checker

STEPS = 'schemaVersion: "0.3"\nmainSteps:\n'
SLEEP = "- {name: s, action: aws:sleep, inputs: {Duration: PT1S}}\n"


def parameter(pattern: str, default: str) -> str:
    """A document with a parameter of that pattern."""
    inner = json.dumps({"type": "String", "allowedPattern": pattern, "default": default})
    return f"parameters: {{P: {inner}}}\n{STEPS}{SLEEP}"


BOMB = "".join(f"{c}: &{c} [{', '.join(['*' + b] * 9)}]\n" for b, c in pairwise("abcdefghi"))

HOSTILE: dict[str, tuple[str | bytes, str]] = {
    "nothing": (b"", "unreadable-file"),
    "blanks": (b" \n\n", "unreadable-file"),
    "a comment": (b"# later\n", "unreadable-file"),
    "zero bytes": (b"\0" * 1000, "syntax"),
    "random bytes": (bytes(range(256)) * 10, "unreadable-file"),
    "UTF-16": ("name: x\n".encode("utf-16"), "unreadable-file"),
    "Latin-1": ("description: für\nmainSteps: []\n".encode("latin-1"), "unreadable-file"),
    "text": ("hello", "unrecognized-file"),
    "a number": ("5", "unrecognized-file"),
    "a list": ("[1, 2]", "unrecognized-file"),
    "another tool's schema 0.3": (
        '{"schemaVersion": "0.3", "name": "agent", "skills": []}',
        "unrecognized-file",
    ),
    "another tool's file": ("schemaVersion: 2.2.0\nmetadata: {name: x}\n", "unrecognized-file"),
    "a CloudFormation template": ("Resources:\n  A: !Ref B\n", "unrecognized-file"),
    "several documents": (f"{STEPS}{SLEEP}---\n{STEPS}{SLEEP}", "syntax"),
    "more than a document can be": (STEPS + SLEEP * 20_000, "unreadable-file"),
    "more steps than fit": (
        STEPS + "".join(SLEEP.replace("s,", f"s{n},") for n in range(2_000)),
        "document-size",
    ),
    "brackets": ("mainSteps: " + "[" * 100_000, "plain-data"),
    "blocks": ("".join("  " * n + "a:\n" for n in range(200)) + "mainSteps: 1\n", "plain-data"),
    "JSON brackets": ('{"mainSteps": ' + "[" * 100_000, "plain-data"),
    "closed JSON brackets": ('{"mainSteps": ' + "[" * 300 + "]" * 300 + "}", "plain-data"),
    "aliases of aliases": (f"a: &a [x]\n{BOMB}mainSteps: *i\n", "plain-data"),
    "an alias in its own value": ("mainSteps: &a [*a]\n", "syntax"),
    "an alias of nothing": ("mainSteps: *a\n", "syntax"),
    "an object of Python": ("mainSteps: !!python/object/apply:os.system [ls]\n", "plain-data"),
    "binary": ("mainSteps: []\nfiles: !!binary aGVsbG8=\n", "plain-data"),
    "a set": ("mainSteps: !!set {a, b}\n", "plain-data"),
    "an escape of no character": ('mainSteps: "\\UFFFFFFFF"\n', "syntax"),
    "a key that is a list": (f"? [a]\n: 1\n{STEPS}{SLEEP}", "plain-data"),
    "a key that is a number": (f"1: 1\n{STEPS}{SLEEP}", "plain-data"),
    "no number": ('{"schemaVersion": "0.3", "mainSteps": NaN}', "plain-data"),
    "an endless number": ('{"schemaVersion": "0.3", "mainSteps": 1e999}', "plain-data"),
    "too many digits": ('{"mainSteps": ' + "9" * 10_000 + "}", "plain-data"),
    "half a character": ('{"schemaVersion": "\\ud800", "mainSteps": []}', "wrong-value"),
    "a line break in a version": ('{"schemaVersion": "0.3\\n", "mainSteps": []}', "wrong-value"),
    "keys of control characters": (f'"\\e[31m\\n": 1\n{STEPS}{SLEEP}', "unknown-key"),
    "a change template without a version": (
        "mainSteps: []\nexecutableRunBooks: []\n",
        "missing-key",
    ),
    "steps that are a map": ('schemaVersion: "0.3"\nmainSteps: {}\n', "wrong-type"),
    "a policy that is too deep": (
        "name: a\nhome_region: " + "[" * 40 + "]" * 40 + "\n",
        "plain-data",
    ),
    "a pattern that takes for ever": (parameter("^(a+)+$", "a" * 60 + "b"), ""),
    "another such pattern": (parameter("^a*a*a*a*a*a*a*a*$", "a" * 500 + "b"), ""),
    "a pattern of options": (parameter("a?" * 40 + "a" * 40, "a" * 39 + "b"), ""),
    "a pattern of alternatives": (parameter("(a|a)" * 40, "a" * 39 + "b"), ""),
    "a pattern of repetitions in each other": (
        parameter("^((((((a+)+)+)+)+)+)+$", "a" * 15 + "b"),
        "",
    ),
    "a pattern of Java": (parameter("^[\\p{L}&&[^x]]++$", "abc"), ""),
    "a script too deep": (
        f"{STEPS}- name: s\n  action: aws:executeScript\n  inputs:\n    Runtime: python3.11\n"
        f"    Handler: h\n    Script: '{'(' * 5_000}'\n",
        "script-syntax",
    ),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_file_is_a_problem_soon(name: str, checker: Checker) -> None:
    content, rule = HOSTILE[name]
    start = time.monotonic()
    problems = checker.problems(content)
    assert time.monotonic() - start < 10
    assert [problem.rule for problem in problems[:1]] == ([rule] if rule else [])
    assert all(str(problem).isprintable() for problem in problems)


@pytest.mark.parametrize("name", HOSTILE)
def test_in_a_folder_only_what_looks_like_ours_is_a_problem(name: str, tmp_path: Path) -> None:
    """Beside a good document, which tells that the folder is not empty."""
    content, rule = HOSTILE[name]
    good = SEEDED / "clean" / "command.yaml"
    (tmp_path / "good.yaml").write_bytes(good.read_bytes())
    written = content if isinstance(content, bytes) else content.encode()
    (tmp_path / "other.yaml").write_bytes(written)
    problems = check_paths([tmp_path]).problems
    looks_like_ours = b"mainSteps" in written or "policy" in name
    assert bool(problems) == (looks_like_ours and bool(rule))


def test_a_folder_of_pipes_loops_and_hidden_files_is_walked(tmp_path: Path) -> None:
    (tmp_path / "loop").symlink_to(tmp_path)
    (tmp_path / "self.yaml").symlink_to(tmp_path / "self.yaml")
    (tmp_path / "gone.yaml").symlink_to(tmp_path / "nowhere")
    os.mkfifo(tmp_path / "pipe.yaml")
    (tmp_path / ".git").mkdir()
    (tmp_path / ".git" / "bad.yaml").write_text("mainSteps: 5\n")
    (tmp_path / "inner").mkdir()
    (tmp_path / "inner" / "bad.yaml").write_text("mainSteps: 5\n")
    files = {problem.file for problem in check_paths([tmp_path]).problems}
    assert files == {str(tmp_path / "inner" / "bad.yaml")}


@pytest.mark.parametrize(
    "path",
    [
        lambda folder: folder / "nowhere.yaml",
        lambda folder: folder / "self.yaml",
        lambda folder: folder / "file.yaml" / "below.yaml",
        lambda folder: folder / "pipe.yaml",
        lambda folder: folder / ("a" * 300),
        lambda folder: Path("a\0b"),
        lambda folder: Path("/dev/full"),
    ],
)
def test_a_path_that_cannot_be_read_is_a_problem(
    path: Callable[[Path], Path], tmp_path: Path
) -> None:
    (tmp_path / "self.yaml").symlink_to(tmp_path / "self.yaml")
    (tmp_path / "file.yaml").write_text("x")
    os.mkfifo(tmp_path / "pipe.yaml")
    [problem] = check_paths([path(tmp_path)]).problems
    assert problem.rule == "unreadable-file"


def test_a_file_without_the_right_to_read_is_a_problem(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Root may read every file, so the refusal is made up."""

    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied")

    (tmp_path / "policy.yaml").write_text("name: x\n")
    monkeypatch.setattr(os, "open", refuse)
    assert main(["validate", str(tmp_path)]) == 2
    assert "cannot be read (Permission denied)" in capsys.readouterr().err
