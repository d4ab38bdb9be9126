"""The calls that were made, for tests and the curious."""

from __future__ import annotations

from collections import deque
from dataclasses import asdict, dataclass, field
from typing import Any

KEPT = 100_000


@dataclass(frozen=True, kw_only=True)
class LoggedCall:
    """One call and how it ended; `error` is the code of the AWS error, where one was answered."""

    service: str
    operation: str
    account: str
    principal: str
    region: str
    status: int
    error: str | None = None


@dataclass
class CallLog:
    """The last calls, the oldest first."""

    calls: deque[LoggedCall] = field(default_factory=lambda: deque(maxlen=KEPT))

    def to_json(self) -> list[dict[str, Any]]:
        """As the admin endpoint shows them."""
        return [asdict(call) for call in self.calls]
