"""The key reference in the documentation is what the schema says."""

from __future__ import annotations

import re

from modules.policy.reference import PAGE, render_page, render_table
from modules.policy.schema import policy_schema
from modules.policy.yaml_source import parse_document
from modules.policy.yaml_values import read_values


def test_page_is_up_to_date() -> None:
    page = PAGE.read_text(encoding="utf-8")
    assert render_page(page) == page, "run: python -m modules.policy.reference"


def test_table_has_every_key_of_the_schema() -> None:
    keys = re.findall(r"^\| `([^`.]+)` \|", render_table(), re.MULTILINE)
    assert keys == list(policy_schema()["properties"])


def test_every_example_can_be_copied_into_a_policy_file() -> None:
    examples = re.findall(r"\| `([^|]+)` \|$", render_table(), re.MULTILINE)
    assert len(examples) > 40
    for example in examples:
        _, findings = read_values(parse_document(f"key: {example}".encode()))
        assert not findings, example


def test_every_row_has_five_cells() -> None:
    for line in render_table().splitlines():
        assert line.count("|") == 6, line
