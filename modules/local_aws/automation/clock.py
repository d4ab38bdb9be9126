"""The time of one execution: it passes with every call and wait, but nobody waits for it.

Where waiting is real, it lasts as long as it says, or until somebody wants it to end.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass
from datetime import datetime, timedelta


@dataclass
class Clock:
    """Starts at the embedded AWS's time, and is moved on by whatever takes time."""

    started: datetime
    elapsed: float = 0

    def now(self) -> datetime:
        """The time in the execution."""
        return self.started + timedelta(seconds=self.elapsed)

    def pass_seconds(self, seconds: float) -> None:
        """Something took this long."""
        self.elapsed += seconds

    def wait(self, seconds: float, real: threading.Event | None = None) -> None:
        """Nothing happens for this long: really, where there is an event that can end it."""
        self.elapsed += seconds
        if real is not None:
            real.wait(seconds)
