"""Every scenario ends as it has to, and a second run changes nothing."""

from __future__ import annotations

import pytest

from modules.local_aws import LocalAws
from tests.simulation.scenarios import SCENARIOS, Scenario
from tests.simulation.world import World, build, changes


def run(world: World, scenario: Scenario) -> None:
    """Run it, and look at all that it changes."""
    before = world.picture()
    execution = world.run(scenario.document, scenario.node, scenario.parameters)
    assert execution.status == scenario.status, execution.failure_message
    assert execution.steps[-1].name == scenario.last_step
    assert scenario.message in execution.failure_message
    assert changes(before, world.picture()) == scenario.expected


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda scenario: scenario.title)
def test_it_ends_as_it_has_to(aws: LocalAws, scenario: Scenario) -> None:
    world = build(aws, scenario.policy)
    scenario.prepare(world)
    run(world, scenario)
    before = world.picture()
    again = world.run(scenario.document, scenario.node, scenario.parameters)
    assert again.status == scenario.status, again.failure_message
    assert changes(before, world.picture()) == {}
