"""Waiting until what was just created is seen everywhere.

IAM User Guide, "Changes that I make are not always immediately visible": a new role, policy or tag
takes effect with a delay.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from itertools import chain, repeat
from typing import TypeVar

from .errors import AwsCallError

logger = logging.getLogger(__name__)
T = TypeVar("T")

_PAUSES = (1.0, 2.0, 4.0, 8.0)
_LONGEST_PAUSE = 10.0


class Patience:
    """One budget of waiting, for all calls of an invocation together; time is in seconds."""

    def __init__(
        self,
        seconds: float,
        *,
        sleep: Callable[[float], None] = time.sleep,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._deadline = clock() + seconds
        self._sleep = sleep
        self._clock = clock

    def call(self, operation: Callable[[], T]) -> T:
        """Call until it is let through or the budget is used up; then its last error is raised."""
        pauses = chain(_PAUSES, repeat(_LONGEST_PAUSE))
        while True:
            try:
                return operation()
            except AwsCallError as error:
                pause = next(pauses)
                if not error.may_pass or self._clock() + pause > self._deadline:
                    raise
                logger.info("Waiting %.0f s, as it may be too early: %s", pause, error)
            self._sleep(pause)
