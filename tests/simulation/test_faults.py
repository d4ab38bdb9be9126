"""Faults of every AWS call end in the right state, or in a failure that names step and call."""

from __future__ import annotations

import pytest

from modules.local_aws import LocalAws
from tests.simulation.faults import KINDS, RETRIES_HELP, RIGHT, RIGHT_TWICE, table
from tests.simulation.tables import Table


@pytest.fixture(scope="module")
def faults(aws: LocalAws) -> Table:
    return table(aws)


def test_no_fault_is_left_open(faults: Table) -> None:
    assert len(faults.rows) > 30
    assert faults.empty_cells == []


@pytest.mark.parametrize("kind", RETRIES_HELP)
def test_a_fault_that_passes_does_no_harm(faults: Table, kind: str) -> None:
    column = faults.columns.index(kind)
    harmed = [row for row in faults.rows if row[column] != RIGHT]
    # S3 cannot know that a PutObject is the retry of one whose answer was lost.
    known = [row for row in harmed if (row[2], row[column]) == ("s3.PutObject", RIGHT_TWICE)]
    assert harmed == known
    assert len(known) == (kind == "lost answer")


def test_the_table_is_up_to_date(faults: Table) -> None:
    assert faults.path.read_text(encoding="utf-8") == faults.render()
    assert set(KINDS) <= set(faults.columns)
