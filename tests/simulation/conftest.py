"""One embedded AWS for all simulations."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from modules.local_aws import LocalAws


@pytest.fixture(scope="session")
def aws() -> Iterator[LocalAws]:
    """It is set up anew by whoever builds a world in it."""
    with LocalAws.start() as running:
        yield running
