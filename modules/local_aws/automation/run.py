"""One execution under way, and what its steps have in common."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from functools import cached_property
from typing import TYPE_CHECKING, Any

from modules.local_aws.automation.clock import Clock
from modules.local_aws.automation.executions import CANCEL, AutomationExecution
from modules.local_aws.automation.references import Names, UnresolvedError, as_texts, resolve
from modules.local_aws.aws_documents import Document
from modules.local_aws.direct_calls import DirectCaller
from modules.local_aws.principals import Credentials, Principal

if TYPE_CHECKING:
    from modules.local_aws.state import State

Step = Mapping[str, Any]

# "Automation runs the cancellation workflow for a maximum of two minutes" (onCancel, in
# "Properties shared by all actions").
CANCELLATION_SECONDS = 120


class Ending(Enum):
    """How a list of steps came to its end."""

    DONE = "done"
    ABORTED = "aborted"
    CANCELLED = "cancelled"
    LEFT = "left"  # a loop's steps, for a step around the loop


@dataclass
class Run:
    """An execution with its document, its clock and its names; its steps share it."""

    state: State
    execution: AutomationExecution
    document: Document
    clock: Clock
    principal: Principal
    has_role: bool
    parameters: Mapping[str, Any]
    follow_steps: Callable[[Run, Sequence[Step]], Ending]  # `flow.follow`: a loop has steps too
    latest: float = float("inf")  # when it ends on the clock: known where it cancels its work
    failed_status: str = ""  # of the first critical step that failed
    loop: Mapping[str, Any] | None = None
    left_for: str | None = None  # the step around a loop that one of its steps went on with
    names: Names = field(init=False)

    def __post_init__(self) -> None:
        self.names = Names(parameters=self.parameters, system=self.system_variables)
        given = self.execution.start.parameters
        self.names.parameters = {
            name: value if name in given else self._completed(value)
            for name, value in self.parameters.items()
        }
        for name, declared in (self.document.content.get("variables") or {}).items():
            if "default" in declared:
                self.set_variable(name, self._completed(declared["default"]))

    def set_variable(self, name: str, value: Any) -> None:
        """Give a variable a value, and put it on record."""
        self.names.variables[name] = value
        self.execution.variables[name] = as_texts(value)

    def _completed(self, default: Any) -> Any:
        """A default, which may refer to parameters and to system variables, and else is a text.

        AWS documents that it may not, and does it in AWS-UpdateLinuxAmi.
        """
        try:
            return resolve(default, self.names.find)
        except UnresolvedError:
            return default

    def system_variables(self) -> dict[str, str]:
        """The variables that Automation gives every runbook, as they are now."""
        return self.execution.system_variables(self.clock.now())

    @cached_property
    def credentials(self) -> Credentials:
        """Temporary credentials of the execution's principal."""
        return self.state.sessions.start(self.principal)

    @cached_property
    def aws(self) -> DirectCaller:
        """The AWS APIs, as the execution's principal."""
        return DirectCaller(
            state=self.state,
            region=self.execution.place[1],
            access_key_id=self.credentials.access_key_id,
            before_call=self.count_call,
        )

    def count_call(self) -> None:
        """An AWS call takes time, by the switch that says how much."""
        step = self.execution.current
        self.execution.made.append(step.name if step else "")
        self.clock.pass_seconds(self.state.switches.call_seconds)

    def begin_cancelling(self) -> None:
        """What it does from now on are its onCancel steps."""
        self.latest = self.clock.elapsed + CANCELLATION_SECONDS

    @property
    def is_cancelling(self) -> bool:
        """Whether it is about its onCancel steps."""
        return self.latest < float("inf")

    @property
    def must_stop(self) -> bool:
        """Whether it may begin no further step."""
        return self.is_cancelled or (
            self.execution.stop_type is not None and not self.is_cancelling
        )

    @property
    def is_cancelled(self) -> bool:
        """Whether a step that is under way has to end now."""
        if self.is_cancelling:
            return self.clock.elapsed > self.latest
        return self.execution.stop_type == CANCEL
