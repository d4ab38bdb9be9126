"""The embedded AWS's own time: the machine's, moved forward on request, or held."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta


@dataclass
class Clock:
    """Runs `ahead` of the machine's clock, and stands still while it is `held`."""

    ahead: timedelta = timedelta()
    held: datetime | None = None

    def now(self) -> datetime:
        """The time, in UTC."""
        return self.held or datetime.now(UTC) + self.ahead

    def hold(self, moment: datetime) -> None:
        """Stand still at a moment."""
        self.held = moment.astimezone(UTC)

    def run_from(self, moment: datetime) -> None:
        """Run on from a moment."""
        self.ahead = moment.astimezone(UTC) - datetime.now(UTC)
        self.held = None
