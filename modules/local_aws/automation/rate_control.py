"""Rate-controlled executions: one child for each target.

Source: "Run automated operations at scale" and "Mapping targets for an automation" in the Systems
Manager User Guide. On their own clocks the children of a wave begin together.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from modules.local_aws.automation.execute import Prepared, carry_out, find_runbook, prepare
from modules.local_aws.automation.executions import (
    CANCELLED,
    FAILED,
    FAILURES,
    SUCCESS,
    AutomationExecution,
    Place,
    Start,
)
from modules.local_aws.documents import target_type_of
from modules.local_aws.errors import AwsError
from modules.local_aws.state_manager import rate_control
from modules.local_aws.state_manager.rate_control import RateControl
from modules.local_aws.state_manager.targets import automation_targets
from modules.local_aws.turns import side_by_side

if TYPE_CHECKING:
    from modules.local_aws.state import State

_CONCURRENCY, _ERRORS = "10", "0"  # where a request says nothing


def prepare_all(state: State, place: Place, start: Start) -> Prepared:
    """Check a request with targets, and put the parent on record. Raises the API's AwsError."""
    name = start.target_parameter_name
    if not name or not (start.targets or start.target_maps):
        raise AwsError(
            "ValidationException", "TargetParameterName goes with Targets, and the other way round."
        )
    document = find_runbook(state, place, start)
    if name not in document.parameters:
        raise AwsError(
            "InvalidAutomationExecutionParametersException",
            f"Parameter {name} is not defined in the document.",
        )
    values = _target_values(state, place, start, name)
    with_a_target = {**start.parameters, name: values[:1] or ["none"]}
    prepared = prepare(state, place, replace(start, parameters=with_a_target))
    execution = prepared.execution
    execution.start, execution.resolved_targets = start, values
    execution.parameters = {k: v for k, v in execution.parameters.items() if k != name}
    return prepared


def _target_values(state: State, place: Place, start: Start, name: str) -> list[str]:
    if start.target_maps:
        return [value for each in start.target_maps for value in each.get(name, ())]
    settings = {"Targets": list(start.targets)}
    kind = target_type_of(place, start.document_name)
    return automation_targets(state, place, settings, kind) or []


def carry_out_all(state: State, prepared: Prepared) -> None:
    """Run a child for each target, until more of them failed than MaxErrors allows."""
    parent = prepared.execution
    control = RateControl(
        max_concurrency=parent.start.max_concurrency or _CONCURRENCY,
        max_errors=parent.start.max_errors or _ERRORS,
        ramps_up=True,
    )
    outcomes, _ = rate_control.carry_out(
        parent.resolved_targets,
        partial(side_by_side, partial(_run_child, state, parent)),
        lambda child: child.status in FAILURES,
        control,
    )
    _finish(parent, outcomes)


def _finish(parent: AutomationExecution, children: Sequence[AutomationExecution]) -> None:
    failed = sum(child.status in FAILURES for child in children)
    parent.status = FAILED if failed else SUCCESS
    if parent.stop.is_set() and parent.stop_type == "Cancel":
        parent.status = CANCELLED
    if failed:
        parent.failure_message = f"{failed} of {len(parent.resolved_targets)} targets failed."
    parent.ended = max([parent.started, *(c.ended or c.started for c in children)])


def _run_child(state: State, parent: AutomationExecution, value: str) -> AutomationExecution:
    start = replace(
        parent.start,
        parameters={**parent.start.parameters, str(parent.start.target_parameter_name): [value]},
        target_parameter_name=None,
        targets=(),
        target_maps=(),
        target=value,
        parent_id=parent.id,
        started=parent.started,
    )
    try:
        prepared = prepare(state, parent.place, start)
    except AwsError as error:
        child = _refused(parent, start, error)
        state.automation.add(child)
    else:
        child = prepared.execution
    parent.children.append(child)
    if parent.stop.is_set():
        child.stop.set()
    if not child.is_over:
        carry_out(state, prepared)
    return child


def _refused(parent: AutomationExecution, start: Start, error: AwsError) -> AutomationExecution:
    """A child that could not begin: its role may not start it, or cannot be assumed any more."""
    return AutomationExecution(
        start=start,
        place=parent.place,
        document_name=parent.document_name,
        document_version=parent.document_version,
        parameters=start.parameters,
        started=parent.started,
        status=FAILED,
        ended=parent.started,
        failure_message=str(error),
    )
