"""Every rule has its section, every section its rule, and every finding of a plan its rule."""

from __future__ import annotations

import re
from pathlib import Path

from modules.review.rules.catalogue import RULES
from tests.unit.review.labelled import cases, report_of

PAGE = Path(__file__).resolve().parents[3] / "docs" / "review-rules.md"


def test_every_rule_has_a_section_in_the_order_of_the_catalogue() -> None:
    sections = re.findall(r"^## (.*)$", PAGE.read_text(encoding="utf-8"), re.MULTILINE)
    assert sections == list(RULES)


def test_no_section_is_empty() -> None:
    bodies = re.split(r"^## .*$", PAGE.read_text(encoding="utf-8"), flags=re.MULTILINE)[1:]
    assert [body for body in bodies if len(body.split()) < 5] == []


def test_every_finding_is_of_a_rule_of_the_catalogue() -> None:
    assert {each.rule for name in cases() for each in report_of(name).findings} <= RULES.keys()
