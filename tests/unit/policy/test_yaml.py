"""Bytes that are no policy: each gets a message, never a traceback."""

from __future__ import annotations

import io
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

from modules.policy.loader import load_policy
from modules.policy.problems import PolicyError

LEAST = b"name: production\nconfiguration_id: a1b2c\nhome_region: eu-west-1\ntargets: {all: true}\n"

UNREADABLE = {
    "UTF-16": ("a: b".encode("utf-16"), "found UTF-16 text; expected UTF-8"),
    "Latin-1": (
        "name: Käse".encode("latin-1"),
        "found bytes that are no UTF-8 text (byte 8); expected UTF-8",
    ),
    "program": (
        b"\x7fELF\x02\x01\x01\x00",
        "found the character U+007F, which YAML does not allow; expected YAML text",
    ),
    "zero byte": (
        LEAST + b"\0",
        "found the character U+0000, which YAML does not allow; expected YAML text",
    ),
    "deep brackets": (
        b"[" * 60_000,
        "found values nested deeper than 20; expected a policy",
    ),
    "too long": (
        b"#" * (64 * 1024 + 1),
        "found more than 65536 bytes; expected a patch policy",
    ),
}


@pytest.mark.parametrize(("content", "message"), UNREADABLE.values(), ids=UNREADABLE)
def test_unreadable_content_is_a_problem_of_the_file(
    content: bytes, message: str, tmp_path: Path
) -> None:
    file = tmp_path / "policy.yaml"
    file.write_bytes(content)
    assert problems_of(file) == [f"{file}: $: {message}"]


def test_missing_file_is_a_problem(tmp_path: Path) -> None:
    file = tmp_path / "nowhere.yaml"
    assert problems_of(file) == [f"{file}: $: found no such file; expected a policy file"]


def test_folder_is_a_problem(tmp_path: Path) -> None:
    (message,) = problems_of(tmp_path)
    assert "found a folder; expected a policy file" in message


def test_path_below_a_file_is_a_problem(tmp_path: Path) -> None:
    file = tmp_path / "policy.yaml"
    file.write_bytes(LEAST)
    (message,) = problems_of(file / "more.yaml")
    assert "found a file that cannot be read (Not a directory)" in message


def test_impossible_path_is_a_problem() -> None:
    (message,) = problems_of(Path("a\0b"))
    assert "found a file that cannot be read (embedded null byte)" in message


def test_dash_is_standard_input(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=io.BytesIO(LEAST)))
    assert load_policy(Path("-")).name == "production"


def test_problems_of_standard_input_name_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=io.BytesIO(b"")))
    assert problems_of(Path("-")) == ["<stdin>: $: found an empty file; expected a patch policy"]


def problems_of(file: Path) -> list[str]:
    """What the loader says of a file that it refuses."""
    with pytest.raises(PolicyError) as refusal:
        load_policy(file)
    return [str(problem) for problem in refusal.value.problems]
