"""Both outcomes of every comparison of our documents are run, and the table says by what."""

from __future__ import annotations

import pytest

from tests.simulation.branches import Results, comparisons, table
from tests.simulation.tables import Table


@pytest.fixture
def branches(finished: Results) -> Table:
    return table(finished)


def test_every_comparison_comes_out_true_and_false(branches: Table) -> None:
    assert len(branches.rows) == len(comparisons()) > 20
    assert branches.empty_cells == []


def test_the_table_is_up_to_date(branches: Table) -> None:
    assert branches.path.read_text(encoding="utf-8") == branches.render()
