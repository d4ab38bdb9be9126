"""One embedded AWS for all simulations."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from modules.local_aws import LocalAws
from tests.simulation.branches import Results
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
