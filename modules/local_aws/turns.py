"""Work side by side, in turns: while a script computes in its process, another execution goes on.

All of it is one thread, and whose turn it is follows from the work, never from time: the same work
gives the same history. AWS runs the targets of a wave at the same time; here two of them are.
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
    """Works off items; `ring` has the lanes that still do, this one's turn being the first's."""

    ring: deque[_Lane]


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
        ring.popleft()

    for _ in range(LANES):
        ring.append(_lane(work_off, ring))
    _take_turns(ring)
    if errors:
        raise errors[0]
    return [outcomes[place] for place in range(len(items))]


def _lane(work_off: Callable[[], None], ring: deque[_Lane]) -> _Lane:
    lane = _Lane(work_off)
    lane.ring = ring
    lane.gr_context = copy_context()
    return lane


def _take_turns(ring: deque[_Lane]) -> None:
    try:
        while ring:
            ring[0].switch()
    finally:
        for lane in ring:  # after Ctrl-C: what is under way ends as well
            lane.throw()


def give_way() -> None:
    """Let the others go on, until it is this one's turn again."""
    lane = getcurrent()
    if isinstance(lane, _Lane):
        lane.ring.rotate(-1)
        lane.ring[0].switch()
