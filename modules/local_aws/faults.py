"""Faults on request: the next calls of an operation fail."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from modules.local_aws.errors import AwsError

BEFORE = "before"
AFTER = "after"

# Faults of this operation are the function's own: Invoke succeeds, and reports a FunctionError.
FUNCTION = "lambda.Function"


@dataclass
class Fault:
    """The next `times` calls of `operation` (`ssm.GetPatchBaseline`; `ssm.*`) fail with `code`.

    `when="after"`: the call is carried out first, and only its answer is lost. The operation
    `lambda.Function` stands for a function's code, before or after it has run. With
    `delay_seconds` instead of a code, calls succeed, but their answer comes late. `skip` calls are
    let through first.
    """

    operation: str
    code: str = ""
    message: str = "A fault was asked for."
    status: int = 400
    times: int = 1
    when: str = BEFORE
    delay_seconds: float = 0
    skip: int = 0

    @classmethod
    def parse(cls, fields: Mapping[str, Any]) -> Fault:
        """A fault from JSON; ValueError says what is wrong with it."""
        known = set(cls.__dataclass_fields__)
        named = {"operation"} <= set(fields) <= known
        if not named or ("code" in fields) == ("delay_seconds" in fields):
            raise ValueError(
                f"found {sorted(fields)}; a fault has {sorted(known)}, but a code or a delay"
            )
        if fields.get("when", BEFORE) not in {BEFORE, AFTER}:
            raise ValueError(f"found when={fields['when']}; expected {BEFORE} or {AFTER}")
        return cls(**fields)

    def hits(self, name: str, when: str) -> bool:
        """Whether the fault is due for a call of this name."""
        service = name.split(".", maxsplit=1)[0]
        return self.times > 0 and self.when == when and self.operation in {name, f"{service}.*"}

    def is_due(self) -> bool:
        """Whether no further call is to be let through; counts this one."""
        if self.skip > 0:
            self.skip -= 1
            return False
        return True


@dataclass
class Faults:
    """The faults still to come."""

    pending: list[Fault] = field(default_factory=list)

    def strike(self, name: str, when: str) -> None:
        """Raise the AwsError of the first fault that is due for this call, and count it down."""
        for fault in self.pending:
            if fault.code and fault.hits(name, when) and fault.is_due():
                fault.times -= 1
                raise AwsError(fault.code, fault.message, status=fault.status)

    def lateness(self, name: str) -> float:
        """The seconds by which this call's answer is to be late; counts the fault down."""
        for fault in self.pending:
            if fault.delay_seconds and fault.hits(name, fault.when) and fault.is_due():
                fault.times -= 1
                return fault.delay_seconds
        return 0
