"""Scenarios run side by side, as most of their time is waiting; tests look at what they saw."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

import pytest

from tests.e2e import scenario_faults, scenario_interruption, scenario_landscape, scenario_life

SCENARIOS: Mapping[str, Callable[..., Any]] = {
    "life": scenario_life.play,
    "landscape": scenario_landscape.play,
    "faults": scenario_faults.play,
    "interruption": scenario_interruption.play,
}


@pytest.fixture(scope="session")
def played(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Mapping[str, Future[Any]]]:
    """Every scenario that a collected test asks for, begun."""
    wanted = {name for item in request.session.items for name in getattr(item, "fixturenames", ())}
    with ThreadPoolExecutor(len(SCENARIOS)) as pool:
        yield {
            name: pool.submit(play, tmp_path_factory.mktemp(name))
            for name, play in SCENARIOS.items()
            if name in wanted
        }


@pytest.fixture(scope="session")
def life(played: Mapping[str, Future[scenario_life.Life]]) -> scenario_life.Life:
    return played["life"].result()


@pytest.fixture(scope="session")
def landscape(
    played: Mapping[str, Future[scenario_landscape.Landscape]],
) -> scenario_landscape.Landscape:
    return played["landscape"].result()


@pytest.fixture(scope="session")
def faults(played: Mapping[str, Future[scenario_faults.Faults]]) -> scenario_faults.Faults:
    return played["faults"].result()


@pytest.fixture(scope="session")
def interruption(
    played: Mapping[str, Future[scenario_interruption.Interruption]],
) -> scenario_interruption.Interruption:
    return played["interruption"].result()
