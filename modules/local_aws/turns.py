"""Work side by side, in turns: while a script computes in its process, another execution goes on.

All of it is one thread, and whose turn it is follows from the work, never from time. AWS runs the
targets of a wave at the same time; here two of them are.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence
from contextvars import copy_context
from typing import TypeVar

from greenlet import getcurrent, greenlet

Item = TypeVar("Item")
Outcome = TypeVar("Outcome")

LANES = 2  # this process and a script's keep two cores busy


class _Lane(greenlet):
    """Works off items. `ring` has the lanes that still do; whose turn it is stands first."""

    def __init__(self, work_off: Callable[[], None], ring: deque[_Lane]) -> None:
        super().__init__(work_off)
        self.gr_context = copy_context()
        self.ring = ring
        ring.append(self)


def side_by_side(work: Callable[[Item], Outcome], items: Sequence[Item]) -> list[Outcome]:
    """The outcomes, in the items' order.

    An error of one is raised when those that were under way are done; no more are begun.
    """
    if len(items) < LANES or isinstance(getcurrent(), _Lane):
        return [work(item) for item in items]
    outcomes: dict[int, Outcome] = {}
    waiting = deque(enumerate(items))
    errors: list[Exception] = []
    ring: deque[_Lane] = deque()

    def work_off() -> None:
        while waiting:
            place, item = waiting.popleft()
            try:
                outcomes[place] = work(item)
            except Exception as error:  # noqa: BLE001  # raised below
                errors.append(error)
                waiting.clear()
        ring.popleft()  # this one, as it is its turn

    for _ in range(LANES):
        _Lane(work_off, ring)
    _take_turns(ring)
    if errors:
        raise errors[0]
    return [outcomes[place] for place in range(len(items))]


def _take_turns(ring: deque[_Lane]) -> None:
    try:
        while ring:
            ring[0].switch()
    finally:
        interrupted = [*ring]  # by Ctrl-C: what is under way ends as well
        ring.clear()
        for lane in interrupted:
            lane.throw()


def give_way() -> None:
    """Let the others go on, until it is this one's turn again.

    No lock may be held: the others are of the same thread, and would not be kept out.
    """
    lane = getcurrent()
    if isinstance(lane, _Lane) and lane.ring:
        lane.ring.rotate(-1)
        lane.ring[0].switch()
