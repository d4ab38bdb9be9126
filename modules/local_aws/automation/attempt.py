"""One attempt at a step: its inputs, its time and the result that an action hands back."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from modules.local_aws.automation.executions import StepExecution
from modules.local_aws.automation.references import resolve
from modules.local_aws.automation.run import Run, Step
from modules.local_aws.automation.step_failures import StepCancelledError, StepTimedOutError


@dataclass(frozen=True, kw_only=True)
class Result:
    """What an action gives.

    `data` is what the step's selectors look into, and `outputs` what the action gives by itself.
    `next_step` is where a branch leads.
    """

    data: Any = None
    outputs: Mapping[str, Any] = field(default_factory=dict)
    next_step: str | None = None


@dataclass
class Attempt:
    """One attempt; `deadline` is on the execution's clock."""

    run: Run
    step: Step
    record: StepExecution
    deadline: float

    @property
    def raw_inputs(self) -> Mapping[str, Any]:
        """The inputs as they stand in the document."""
        inputs: Mapping[str, Any] = self.step.get("inputs") or {}
        return inputs

    def resolve(self, value: Any) -> Any:
        """A part of the inputs with its references replaced."""
        return resolve(value, self.run.names.find)

    def inputs(self) -> dict[str, Any]:
        """All inputs with their references replaced, and put on record."""
        resolved: dict[str, Any] = self.resolve(dict(self.raw_inputs))
        self.record_inputs(resolved)
        return resolved

    def record_inputs(self, inputs: Mapping[str, Any]) -> None:
        """Put inputs on record."""
        self.record.inputs = dict(inputs)

    @property
    def seconds_left(self) -> float:
        """The time that the attempt has left."""
        return self.deadline - self.run.clock.elapsed

    def check(self) -> None:
        """Raise StepTimedOutError or StepCancelledError where it may not go on."""
        if self.run.is_cancelled:
            raise StepCancelledError("The execution was stopped.")
        if self.seconds_left < 0:
            raise StepTimedOutError(
                f"The step did not end within {self.record.timeout_seconds} seconds."
            )

    def wait(self, seconds: float) -> None:
        """Let time pass, as much as is left of it."""
        run = self.run
        left = min(self.deadline, run.latest) - run.clock.elapsed
        waits_really = run.state.switches.automations_wait_really
        run.clock.wait(
            max(0, min(seconds, left + 1)), run.execution.cancelled if waits_really else None
        )
        self.check()

    def call(self, service: str, operation: str, parameters: Mapping[str, Any]) -> dict[str, Any]:
        """An AWS call as the execution's principal; its answer, ResponseMetadata and all."""
        answer = self.run.aws.call(service, operation, parameters)
        self.check()
        return answer


Action = Callable[[Attempt], Result]
"""What a step does. It raises a StepError, or one of the errors that are EXPECTED."""
