"""Faults on request: the next calls of an operation fail."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from modules.local_aws.errors import AwsError

AFTER_RUN = "after"
BEFORE_RUN = "before"


@dataclass
class Fault:
    """The next `times` calls of `operation` (`ssm.GetPatchBaseline`; `ssm.*`) fail with `code`.

    `when="after"`: the call is carried out first, and only its answer is lost.
    """

    operation: str
    code: str
    message: str = "A fault was asked for."
    status: int = 400
    times: int = 1
    when: str = BEFORE_RUN

    @classmethod
    def parse(cls, fields: Mapping[str, Any]) -> Fault:
        """A fault from JSON; ValueError says what is wrong with it."""
        unknown = set(fields) - set(cls.__dataclass_fields__)
        if unknown or not {"operation", "code"} <= set(fields):
            raise ValueError(f"a fault has {', '.join(cls.__dataclass_fields__)}; got {fields}")
        return cls(**fields)

    def hits(self, service: str, operation: str, when: str) -> bool:
        """Whether the fault is due for this call."""
        names = (f"{service}.{operation}", f"{service}.*")
        return self.times > 0 and self.when == when and self.operation in names


@dataclass
class Faults:
    """The faults still to come."""

    pending: list[Fault] = field(default_factory=list)

    def strike(self, service: str, operation: str, when: str) -> None:
        """Raise the AwsError of the first fault that is due for this call, and count it down."""
        for fault in self.pending:
            if fault.hits(service, operation, when):
                fault.times -= 1
                raise AwsError(fault.code, fault.message, status=fault.status)
