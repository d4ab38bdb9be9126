"""The calls that were made, for tests and the curious."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from modules.local_aws.protocol import Scope

KEPT = 100_000
_NODES = frozenset({"ec2", "iam", "resource-groups", "resourcegroupstaggingapi", "ssm"})


@dataclass(frozen=True, slots=True, kw_only=True)
class LoggedCall:
    """One call and how it ended; `error` is the code of the error that was answered here."""

    service: str
    operation: str
    region: str
    status: int
    account: str = ""
    principal: str = ""
    error: str | None = None


@dataclass
class CallLog:
    """The last calls, the oldest first."""

    calls: deque[LoggedCall] = field(default_factory=lambda: deque(maxlen=KEPT))
    changes: int = 0  # calls so far that may have changed nodes, their roles or their tags
    lock: threading.Lock = field(default_factory=threading.Lock)

    def add(self, scope: Scope, service: str, status: int, record: Mapping[str, str]) -> None:
        """Log a call with what is known of it: less for one that was refused early."""
        operation = record["operation"]
        changing = service in _NODES and not operation.startswith(("Describe", "Get", "List"))
        call = LoggedCall(service=service, region=scope.region, status=status, **record)
        with self.lock:
            self.changes += changing
            self.calls.append(call)

    def to_json(self) -> list[dict[str, Any]]:
        """As the admin endpoint shows them."""
        with self.lock:
            calls = list(self.calls)
        return [asdict(call) for call in calls]
