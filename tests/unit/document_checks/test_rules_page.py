"""The page that explains the rules, and the hook that runs them."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import yaml

from modules.cli import main
from modules.document_checks.rules import RULES

ROOT = Path(__file__).resolve().parents[3]
PAGE = (ROOT / "docs" / "document-rules.md").read_text(encoding="utf-8")
SECTIONS = re.findall(r"^### (\S+)\n((?:(?!#).+\n)+)", PAGE, re.MULTILINE)


def test_every_rule_is_explained_once_and_in_the_rules_order() -> None:
    assert [rule for rule, _ in SECTIONS] == list(RULES)


def test_every_explanation_says_what_why_and_how_to_fix_it() -> None:
    for rule, text in SECTIONS:
        starts = [line.partition(":")[0] for line in text.splitlines()]
        assert [word for word in starts if word in ("What", "Why", "Fix")] == [
            "What",
            "Why",
            "Fix",
        ], rule


def test_every_rule_that_the_code_reports_is_in_the_table() -> None:
    """And every rule in the table is reported somewhere."""
    sources = [*ROOT.glob("modules/document_checks/*.py"), *ROOT.glob("modules/policy/*.py")]
    sources += ROOT.glob("modules/quick_setup/documents/*.py")
    code = "".join(file.read_text(encoding="utf-8") for file in sources if file.stem != "rules")
    assert {rule for rule in RULES if f'"{rule}"' not in code} == set()


def test_the_hook_calls_a_command_line_that_there_is(tmp_path: Path) -> None:
    (hook,) = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8"))
    command, *arguments = shlex.split(hook["entry"])
    other = tmp_path / "compose.yaml"
    other.write_text("services: {}\n", encoding="utf-8")
    assert command == "patch-policy"
    assert main([*arguments, str(other)]) == 0
