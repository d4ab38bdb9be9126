"""Both outcomes of every comparison of our documents are run, and the table says by what."""

from __future__ import annotations

import pytest

from modules.local_aws import LocalAws
from tests.simulation.branches import comparisons, table
from tests.simulation.tables import Table


@pytest.fixture(scope="module")
def branches(aws: LocalAws) -> Table:
    return table(aws)


def test_every_comparison_comes_out_true_and_false(branches: Table) -> None:
    assert len(branches.rows) == len(comparisons()) > 20
    assert branches.empty_cells == []


def test_the_table_is_up_to_date(branches: Table) -> None:
    assert branches.path.read_text(encoding="utf-8") == branches.render()
