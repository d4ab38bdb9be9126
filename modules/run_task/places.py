"""Who fetches a plan now: a few at a time, in the order of their deliveries.

So the first plans are reviewed while the others are still at HCP Terraform, and few of them are on
the disk. A plan keeps its place until its review begins; one that takes long to arrive leaves it to
the next, so that slow downloads hold nobody up.
"""

from __future__ import annotations

import asyncio
from types import TracebackType
from typing import Final, Self

AT_ONCE: Final = 8
PATIENCE: Final = 1.0


class Places:
    """The places that there are; `AT_ONCE` plans, and those that are slow."""

    def __init__(self, at_once: int = AT_ONCE, patience: float = PATIENCE) -> None:
        self.free = asyncio.Semaphore(at_once)  # whose waiters come in their order
        self.patience = patience

    def one(self) -> Place:
        """A place that is not taken yet."""
        return Place(self)


class Place:
    """A plan's place, to be taken, and left at the latest at the end of a `with` block."""

    def __init__(self, places: Places) -> None:
        self._places = places
        self._taken = False
        self._patience: asyncio.TimerHandle | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.leave()

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
