"""Automation executions: what one is asked for, and the record of what became of it.

Names and values are those of the Systems Manager API (AutomationExecution and StepExecution).
"""

from __future__ import annotations

import threading
import uuid
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

from modules.local_aws.principals import Principal

if TYPE_CHECKING:
    from modules.local_aws.state_manager.targets import RunbookTarget

Place = tuple[str, str]
"""An account ID and a region."""

Values = Mapping[str, Sequence[str]]
"""Parameters or outputs as the API has them: every value is a list of texts."""

IN_PROGRESS = "InProgress"
SUCCESS = "Success"
FAILED = "Failed"
TIMED_OUT = "TimedOut"
CANCELLING = "Cancelling"
CANCELLED = "Cancelled"

# StopType: end at once, or with the step that is under way.
CANCEL = "Cancel"
COMPLETE = "Complete"
FAILURES = frozenset({FAILED, TIMED_OUT, CANCELLED})


@dataclass(frozen=True, kw_only=True)
class Start:
    """What an execution is started with.

    With `targets` it is a rate-controlled one: a child execution for each target, its value in the
    parameter `target_parameter_name`. `target` is that value, in such a child. `caller` is whose
    permissions a document without an assume role has; by default an administrator.
    """

    document_name: str
    document_version: str = "$DEFAULT"
    parameters: Values = field(default_factory=dict)
    target_parameter_name: str | None = None
    targets: Sequence[Mapping[str, Any]] = ()
    target_maps: Sequence[Mapping[str, Sequence[str]]] = ()
    max_concurrency: str | None = None
    max_errors: str | None = None
    target: str | None = None
    association_id: str | None = None
    parent_id: str | None = None
    executed_by: str | None = None
    caller: Principal | None = None
    started: datetime | None = None  # by default now; a child's is its parent's own time
    tags: Sequence[Mapping[str, str]] = ()

    @property
    def parameters_of_targets(self) -> frozenset[str]:
        """The parameters that have a value for each target, none for all."""
        named = {self.target_parameter_name} if self.target_parameter_name else set()
        return frozenset(named.union(*self.target_maps))


@dataclass(kw_only=True)
class StepExecution:
    """One step that was reached; the times are those of the execution's own clock."""

    name: str
    action: str
    started: datetime
    id: str = field(default_factory=lambda: str(uuid.uuid4()))
    status: str = IN_PROGRESS
    ended: datetime | None = None
    timeout_seconds: int | None = None
    max_attempts: int = 1
    attempts: int = 0
    on_failure: str = "Abort"
    is_end: bool = False
    is_critical: bool = True
    next_step: str | None = None
    valid_next_steps: Sequence[str] = ()
    inputs: Mapping[str, Any] = field(default_factory=dict)
    outputs: dict[str, list[str]] = field(default_factory=dict)
    response: str = ""
    response_code: str = ""
    failure_message: str = ""
    failure_type: str = ""
    loop: Mapping[str, Any] | None = None  # ParentStepDetails of a step inside a loop
    comparisons: dict[str, bool] = field(default_factory=dict)  # of a branch: those that were made


@dataclass(kw_only=True)
class AutomationExecution:
    """One execution with all its steps, in the order in which they were reached."""

    start: Start
    place: Place
    document_name: str
    document_version: str
    parameters: Values
    started: datetime
    id: str = field(default_factory=lambda: str(uuid.uuid4()))
    status: str = IN_PROGRESS
    ended: datetime | None = None
    steps: list[StepExecution] = field(default_factory=list)
    outputs: dict[str, list[str]] = field(default_factory=dict)
    variables: dict[str, list[str]] = field(default_factory=dict)
    failure_message: str = ""
    targets: Sequence[RunbookTarget] = ()
    children: list[AutomationExecution] = field(default_factory=list)
    made: list[str] = field(default_factory=list)  # for each AWS call, the step that made it
    stop_type: str | None = None  # once it was asked to stop
    cancelled: threading.Event = field(default_factory=threading.Event)

    def ask_to_stop(self, stop_type: str) -> None:
        """Let it end: its steps look whether they have to."""
        self.stop_type = stop_type
        self.status = CANCELLING
        if stop_type == CANCEL:
            self.cancelled.set()

    @property
    def is_over(self) -> bool:
        """Whether it has ended, however."""
        return self.ended is not None

    @property
    def calls(self) -> int:
        """How many AWS calls its steps made."""
        return len(self.made)

    @property
    def arn(self) -> str:
        """The ARN that Automation sends along when it assumes a role (aws:SourceArn)."""
        account, region = self.place
        return f"arn:aws:ssm:{region}:{account}:automation-execution/{self.id}"

    def system_variables(self, now: datetime) -> dict[str, str]:
        """Source: "Automation system variables" in the Systems Manager User Guide."""
        account, region = self.place
        return {
            "global:ACCOUNT_ID": account,
            "global:AWS_PARTITION": "aws",
            "global:DATE": f"{now:%Y-%m-%d}",
            "global:DATE_TIME": f"{now:%Y-%m-%d_%H.%M.%S}",
            "global:REGION": region,
            "automation:EXECUTION_ID": self.id,
        }

    @property
    def current(self) -> StepExecution | None:
        """The last step that was reached."""
        return self.steps[-1] if self.steps else None


@dataclass
class Executions:
    """All executions, by account and region, then by ID, the oldest first.

    `by_token` has, by a request's idempotency token, the request and the execution's ID.
    """

    by_place: dict[Place, dict[str, AutomationExecution]] = field(
        default_factory=lambda: defaultdict(dict)
    )

    by_token: dict[tuple[Place, str], tuple[Mapping[str, Any], str]] = field(default_factory=dict)

    def at(self, place: Place) -> dict[str, AutomationExecution]:
        """The executions of an account in a region."""
        return self.by_place[place]

    def add(self, execution: AutomationExecution) -> None:
        """Keep a new one."""
        self.by_place[execution.place][execution.id] = execution
