"""Of 60 and more plans by the real provider, every expected finding is there and no other."""

from __future__ import annotations

import pytest

from tests.unit.review import labelled, table


def test_there_are_enough_plans_and_each_has_its_case() -> None:
    plans = {file.name.removesuffix(".json.xz") for file in labelled.FOLDER.glob("plans/*.xz")}
    assert plans == labelled.cases().keys()
    assert len(plans) >= 60


@pytest.mark.parametrize("name", labelled.cases())
def test_the_review_finds_what_is_expected_and_nothing_else(name: str) -> None:
    assert labelled.found(name) == labelled.expected(name)


def test_the_plans_stay_small() -> None:
    total = sum(file.stat().st_size for file in labelled.FOLDER.glob("plans/*.xz"))
    assert total < 5_000_000


def test_the_table_of_rules_and_plans_is_up_to_date() -> None:
    """`python -m tests.unit.review.table` writes it."""
    assert table.PAGE.read_text(encoding="utf-8") == table.table()
