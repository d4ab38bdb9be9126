"""The time of one execution: it passes with every call and wait, but nobody waits for it."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from datetime import datetime, timedelta


@dataclass
class Clock:
    """Starts at the embedded AWS's time, and is moved on by whatever takes time.

    With `stop`, waiting is real: it lasts as long as it says, or until the event comes.
    """

    started: datetime
    elapsed: float = 0
    stop: threading.Event | None = field(default=None, repr=False)

    def now(self) -> datetime:
        """The time in the execution."""
        return self.started + timedelta(seconds=self.elapsed)

    def pass_seconds(self, seconds: float) -> None:
        """Something took this long."""
        self.elapsed += seconds

    def wait(self, seconds: float) -> None:
        """Nothing happens for this long."""
        self.elapsed += seconds
        if self.stop is not None:
            self.stop.wait(seconds)
