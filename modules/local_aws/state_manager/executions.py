"""What became of one run of an association, target by target.

Names are those of the API (AssociationExecution, AssociationExecutionTarget). "Terminated" is what
"Understanding command statuses" calls a target that was spared because errors were too many.
"""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

SUCCESS = "Success"
FAILED = "Failed"
PENDING = "Pending"
CANCELLED = "Cancelled"
TERMINATED = "Terminated"

COMMAND = "RunCommand"
AUTOMATION = "Automation"


@dataclass(frozen=True, slots=True, kw_only=True)
class TargetResult:
    """One target: `source_id` is the command or the automation execution that ran there."""

    resource_id: str
    resource_type: str
    status: str
    detail: str
    time: datetime
    source_id: str = ""
    source_type: str = ""
    code: int = 0
    output: str = ""
    error: str = ""


@dataclass(frozen=True, kw_only=True)
class Execution:
    """One run of a version of an association."""

    version: int
    reason: str
    created: datetime
    targets: tuple[TargetResult, ...]
    failure: str = ""
    id: str = field(default_factory=lambda: str(uuid.uuid4()))

    @property
    def status(self) -> str:
        """Success where all targets had it; a failed one fails the run, an absent one delays it."""
        found = {target.status for target in self.targets}
        if self.failure or FAILED in found or CANCELLED in found:
            return FAILED
        return PENDING if PENDING in found else SUCCESS

    @property
    def counts(self) -> Mapping[str, int]:
        """How many targets have which status."""
        return Counter(target.status for target in self.targets)


@dataclass(frozen=True, kw_only=True)
class RequestedExecution:
    """A run that State Manager owes an association.

    `reason` is `created`, `updated`, `document` (it changed), `once` (StartAssociationsOnce),
    `schedule`, or `targets` (new ones came up).
    """

    reason: str
    version: int
    requested: datetime
