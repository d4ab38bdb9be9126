"""Defects that were seeded before the rules that find them: all found, and nothing else.

Each changes one text of a document or policy in `seeded/clean`; `seeded/defects` says how, and
which rule has to report which place, and, where words were wrong once, in which words.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest
import yaml

from modules.document_checks.report import check_paths
from modules.document_checks.rules import RULES
from tests.unit.document_checks.checking import CLEAN, SEEDED, Checker

Defect = Mapping[str, str]
DEFECTS: list[Defect] = [
    {**defect, "id": f"{file.stem}: {defect['name']}"}
    for file in sorted((SEEDED / "defects").glob("*.yaml"))
    for defect in yaml.safe_load(file.read_text(encoding="utf-8"))
]

# No clean file can be made to break these with one change of its text.
SEEDED_ELSEWHERE = {
    "unreadable-file",
    "unrecognized-file",
    "conflicting-policies",
    "script-file",
    "document-size",
}


@pytest.mark.parametrize("file", CLEAN, ids=lambda file: file.name)
def test_the_clean_files_are_clean(file: Path) -> None:
    assert check_paths([file]).problems == []


@pytest.mark.parametrize("defect", DEFECTS, ids=lambda defect: defect["id"])
def test_a_seeded_defect_is_found_and_nothing_else(defect: Defect, checker: Checker) -> None:
    clean = (SEEDED / "clean" / defect["base"]).read_text(encoding="utf-8")
    assert clean.count(defect["replace"]) == 1
    broken = clean.replace(defect["replace"], defect["by"])
    (problem,) = checker.problems(broken, defect["base"])
    assert (problem.rule, problem.path) == (defect["rule"], defect["path"])
    assert defect.get("message", "") in problem.message


def test_there_are_enough_of_them_and_they_break_every_rule() -> None:
    assert len(DEFECTS) >= 120
    assert {defect["rule"] for defect in DEFECTS} == RULES.keys() - SEEDED_ELSEWHERE
