"""Every statement of the IAM policies that we ship is needed, and the table says for what."""

from __future__ import annotations

import pytest

from modules.local_aws import LocalAws
from tests.simulation.checks import CHECKS, Check
from tests.simulation.permissions import table
from tests.simulation.tables import Table
from tests.simulation.world import build


@pytest.fixture(scope="module")
def permissions(aws: LocalAws) -> Table:
    return table(aws)


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.title)
def test_it_holds_with_all_statements(aws: LocalAws, check: Check) -> None:
    world = build(aws, check.policy)
    check.prepare(world)
    assert check.holds(world)


def test_no_statement_could_be_left_out(permissions: Table) -> None:
    assert len(permissions.rows) > 40
    assert permissions.empty_cells == []


def test_the_table_is_up_to_date(permissions: Table) -> None:
    assert permissions.path.read_text(encoding="utf-8") == permissions.render()
