"""Who fetches a plan now: a few at a time, in the order of their deliveries.

So the first plans are reviewed while the others are still at HCP Terraform, and few of them are on
the disk. A plan keeps its place until its review begins; one that takes long to arrive leaves it to
the next, so that slow downloads hold nobody up.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

AT_ONCE: Final = 8
PATIENCE: Final = 1.0


class Places:
    """The places that there are; `AT_ONCE` plans, and those that are slow."""

    def __init__(self, at_once: int = AT_ONCE, patience: float = PATIENCE) -> None:
        self.free = asyncio.Semaphore(at_once)  # whose waiters come in their order
        self.patience = patience

    @contextmanager
    def one(self) -> Iterator[Place]:
        """A place that is not taken yet, and left at the latest at the end of the `with` block."""
        place = Place(self)
        try:
            yield place
        finally:
            place.leave()


class Place:
    """A plan's place, to be taken and left."""

    def __init__(self, places: Places) -> None:
        self._places = places
        self._taken = False
        self._patience: asyncio.TimerHandle | None = None

    async def take(self) -> None:
        """Wait for a place; it is left to the next after a while, unless it is kept."""
        await self._places.free.acquire()
        self._taken = True
        loop = asyncio.get_running_loop()
        self._patience = loop.call_later(self._places.patience, self.leave)

    def keep(self) -> None:
        """Keep it for as long as it takes: the plan has arrived."""
        if self._patience:
            self._patience.cancel()

    def leave(self) -> None:
        """Let the next one in; nothing where that was done before."""
        self.keep()
        if self._taken:
            self._taken = False
            self._places.free.release()
