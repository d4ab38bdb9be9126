"""Scripts that stand beside a document, and what no change of a single clean file can show."""

from __future__ import annotations

from pathlib import Path

from modules.document_checks.report import check_paths
from tests.unit.document_checks.checking import SEEDED, Checker

DOCUMENT = """
schemaVersion: "0.3"
mainSteps:
  - name: run
    action: aws:executeScript
    inputs: {Runtime: python3.11, Handler: handler, Script: "file://scripts/run.py"}
"""
PLACE = "$.mainSteps[0].inputs"


def test_a_script_is_read_from_the_documents_folder(checker: Checker, tmp_path: Path) -> None:
    (tmp_path / "scripts").mkdir()
    script = tmp_path / "scripts" / "run.py"
    script.write_text("def handler(events, context):\n    return {}\n", encoding="utf-8")
    assert checker.rules(DOCUMENT) == []
    script.write_text("def other(events, context):\n    return {}\n", encoding="utf-8")
    assert checker.rules(DOCUMENT) == [("script-handler", f"{PLACE}.Handler")]


def test_a_script_that_is_not_there_or_no_text_is_a_problem(
    checker: Checker, tmp_path: Path
) -> None:
    missing = [("script-file", f"{PLACE}.Script")]
    assert checker.rules(DOCUMENT) == missing
    (tmp_path / "scripts" / "run.py").mkdir(parents=True)
    assert checker.rules(DOCUMENT) == missing
    (tmp_path / "scripts" / "run.py").rmdir()
    (tmp_path / "scripts" / "run.py").write_bytes(b"\xff")
    assert checker.rules(DOCUMENT) == missing


def test_two_policies_with_one_id_do_not_go_together(tmp_path: Path) -> None:
    policy = (SEEDED / "clean" / "policy.yaml").read_bytes()
    for name in ("a.yaml", "b.yaml"):
        (tmp_path / name).write_bytes(policy)
    (problem,) = check_paths([tmp_path]).problems
    assert (problem.rule, problem.path) == ("conflicting-policies", "$.configuration_id")
