"""Rate-controlled executions: one child for each target.

Source: "Run automated operations at scale" and "Mapping targets for an automation" in the Systems
Manager User Guide. On their own clocks the children of a wave begin together.
"""

from __future__ import annotations

import contextlib
from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from modules.local_aws.association_rules import check_runbook_targets
from modules.local_aws.automation.execute import Prepared, carry_out, find_runbook, prepare
from modules.local_aws.automation.executions import (
    CANCEL,
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
from modules.local_aws.state_manager.targets import RunbookTarget, runbook_targets
from modules.local_aws.turns import side_by_side

if TYPE_CHECKING:
    from modules.local_aws.state import State

_CONCURRENCY, _ERRORS = "10", "0"  # where a request says nothing


class _StoppedError(Exception):
    """The execution was asked to stop: no further target is begun."""


def prepare_all(state: State, place: Place, start: Start) -> Prepared:
    """Check a request with targets, and put the parent on record. Raises the API's AwsError."""
    name = start.target_parameter_name
    if not name or not (start.targets or start.target_maps):
        raise AwsError(
            "ValidationException", "TargetParameterName goes with Targets, and the other way round."
        )
    document = find_runbook(state, place, start)
    try:
        check_runbook_targets(start.targets, start.target_maps, name, document)
    except AwsError as error:
        codes = {
            "InvalidParameters": "InvalidAutomationExecutionParametersException",
            "InvalidTargetMaps": "InvalidTarget",
        }
        raise AwsError(codes.get(error.code, error.code), error.message) from error
    prepared = prepare(state, place, start)
    settings = {
        "AutomationTargetParameterName": name,
        "Targets": list(start.targets),
        "TargetMaps": start.target_maps,
    }
    kind = target_type_of(place, start.document_name)
    prepared.execution.targets = runbook_targets(state, place, settings, kind) or []
    return prepared


def carry_out_all(state: State, prepared: Prepared) -> None:
    """Run a child for each target, until more of them failed than MaxErrors allows."""
    parent = prepared.execution
    control = RateControl(
        max_concurrency=parent.start.max_concurrency or _CONCURRENCY,
        max_errors=parent.start.max_errors or _ERRORS,
        ramps_up=True,
    )
    try:
        with contextlib.suppress(_StoppedError):
            rate_control.carry_out(
                parent.targets,
                partial(side_by_side, partial(_run_child, state, parent)),
                lambda child: child.status in FAILURES,
                control,
            )
    finally:  # whatever ended it: somebody may wait for its end
        _finish(parent, parent.children)


def _finish(parent: AutomationExecution, children: Sequence[AutomationExecution]) -> None:
    failed = sum(child.status in FAILURES for child in children)
    parent.status = FAILED if failed else SUCCESS
    if parent.stop_type == CANCEL:
        parent.status = CANCELLED
    if failed:
        parent.failure_message = f"{failed} of {len(parent.targets)} targets failed."
    parent.ended = max([parent.started, *(c.ended or c.started for c in children)])


def _run_child(
    state: State, parent: AutomationExecution, target: RunbookTarget
) -> AutomationExecution:
    if parent.stop_type is not None:
        raise _StoppedError
    start = replace(
        parent.start,
        parameters=target.given(parent.start.parameters, str(parent.start.target_parameter_name)),
        target_parameter_name=None,
        targets=(),
        target_maps=(),
        target=target.value,
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
