"""Exit statuses for CI, and findings that somebody allowed."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from modules.cli import main
from tests.unit.review.plans_by_hand import SCAN, as_bytes, resource

Output = pytest.CaptureFixture[str]


@pytest.fixture
def plan(tmp_path: Path) -> str:
    """A warning (the targets widen) and a notice (Scan runs at once)."""
    after = {**SCAN, "targets": [{"key": "InstanceIds", "values": ["*"]}]}
    file = tmp_path / "plan.json"
    file.write_bytes(as_bytes(resource(SCAN, after)))
    return str(file)


@pytest.mark.parametrize(
    ("level", "status"),
    [("never", 0), ("critical", 0), ("warning", 1), ("notice", 1), ("info", 1)],
)
def test_the_gate_closes_at_its_level_and_above(plan: str, level: str, status: int) -> None:
    assert main(["review", plan, "--fail-on", level]) == status


def test_without_a_gate_nothing_fails(plan: str) -> None:
    assert main(["review", plan]) == 0


def test_what_is_allowed_does_not_close_the_gate(plan: str, capsys: Output) -> None:
    gate = ["--fail-on", "warning", "--allow", "targets-widened=as we agreed"]
    assert main(["review", plan, *gate]) == 0
    printed = capsys.readouterr().out
    assert "[targets-widened] allowed: as we agreed" in printed
    assert printed.startswith("Review of plan.json: a1b2c\n1 notice, 1 allowed\n")


def test_every_format_shows_why_something_is_allowed(plan: str, capsys: Output) -> None:
    for form in ("text", "markdown", "json"):
        assert main(["review", plan, "--format", form, "--allow", "targets-widened=agreed"]) == 0
        assert "agreed" in capsys.readouterr().out


@pytest.mark.parametrize("allowance", ["no-such-rule=why", "targets-widened", "targets-widened= "])
def test_rejects_an_allowance_without_rule_or_reason(
    plan: str, allowance: str, capsys: Output
) -> None:
    assert main(["review", plan, "--allow", allowance]) == 2
    assert "expected" in capsys.readouterr().err


def test_the_output_goes_to_a_file(plan: str, tmp_path: Path, capsys: Output) -> None:
    file = tmp_path / "report.json"
    assert main(["review", plan, "--format", "json", "--output", str(file)]) == 0
    assert capsys.readouterr().out == ""
    assert json.loads(file.read_text(encoding="utf-8"))["policies"] == ["a1b2c"]


def test_an_output_that_cannot_be_written_is_named(
    plan: str, tmp_path: Path, capsys: Output
) -> None:
    assert main(["review", plan, "--output", str(tmp_path / "no" / "report")]) == 2
    assert "cannot be written" in capsys.readouterr().err
