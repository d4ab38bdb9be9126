"""One embedded AWS for all simulations."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from modules.local_aws import LocalAws
from tests.simulation.branches import Results
from tests.simulation.fleets import Simulation, node, simulation
from tests.simulation.runs import finish_all


@pytest.fixture(scope="session")
def aws() -> Iterator[LocalAws]:
    """It is set up anew by whoever builds a world in it."""
    with LocalAws.start() as running:
        yield running


@pytest.fixture(scope="session")
def finished(aws: LocalAws) -> Results:
    """Every scenario, run twice."""
    return finish_all(aws)


@pytest.fixture
def small() -> Iterator[Simulation]:
    """Two instances with a role, one without, a hybrid node, and one that is away."""
    servers: dict[str, Any] = {"profile": "Servers", "role": "ServerRole"}
    nodes = [
        node("a", **servers),
        node("b", **servers, tags={"Env": "dev"}),
        node("bare"),
        node("shop", kind="hybrid", role="ShopRole"),
        node("away", kind="hybrid", role="ShopRole", state="stopped"),
    ]
    with simulation(nodes) as running:
        yield running
