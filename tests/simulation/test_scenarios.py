"""Every scenario ends as it has to, and a second run changes nothing."""

from __future__ import annotations

import pytest

from tests.simulation.branches import Results
from tests.simulation.scenarios import SCENARIOS, Scenario


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda scenario: scenario.title)
def test_it_ends_as_it_has_to(finished: Results, scenario: Scenario) -> None:
    first, second = finished[scenario.title]
    assert first.execution.status == scenario.status, first.execution.failure_message
    assert first.execution.steps[-1].name == scenario.last_step
    assert scenario.message in first.execution.failure_message
    assert first.changed == scenario.expected
    assert second.execution.status == scenario.status, second.execution.failure_message
    assert second.changed == {}
