"""The API of Automation: start, get, describe, stop."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from modules.local_aws.automation import inline
from modules.local_aws.automation.described import (
    described_execution,
    described_metadata,
    described_step,
)
from modules.local_aws.automation.execute import carry_out, prepare
from modules.local_aws.automation.executions import (
    CANCEL,
    AutomationExecution,
    Start,
    StepExecution,
)
from modules.local_aws.automation.filters import execution_passes, step_passes
from modules.local_aws.automation.rate_control import carry_out_all, prepare_all
from modules.local_aws.call import Call, Operation, Result
from modules.local_aws.errors import AwsError
from modules.local_aws.paging import page

if TYPE_CHECKING:
    from modules.local_aws.state import State


def _start(state: State, call: Call) -> Result:
    """Start an execution: on a thread of its own, or in the step that asks for it."""
    given = call.parameters
    earlier = _started_before(state, call)
    if earlier is not None:
        return {"AutomationExecutionId": earlier}
    parent = inline.parent()
    start = Start(
        document_name=given["DocumentName"],
        document_version=given.get("DocumentVersion", "$DEFAULT"),
        parameters=given.get("Parameters", {}),
        target_parameter_name=given.get("TargetParameterName"),
        targets=given.get("Targets", ()),
        target_maps=given.get("TargetMaps", ()),
        max_concurrency=given.get("MaxConcurrency"),
        max_errors=given.get("MaxErrors"),
        parent_id=parent.execution.id if parent else None,
        executed_by=call.principal.arn,
        caller=call.principal,
        started=parent.clock.now() if parent else None,
        tags=given.get("Tags", ()),
    )
    if given.get("Mode") == "Interactive":
        raise AwsError("NotImplemented", "Executions that wait after each step.", status=501)
    if "TargetLocations" in given or "TargetLocationsURL" in given:
        raise AwsError("NotImplemented", "Executions in other accounts or regions.", status=501)
    is_rate_controlled = bool(start.targets or start.target_maps or start.target_parameter_name)
    prepared = (prepare_all if is_rate_controlled else prepare)(state, call.place, start)
    state.tags.put(call.place, "Automation", prepared.execution.id, start.tags)
    if "ClientToken" in given:
        token = call.place, given["ClientToken"].lower()
        state.automation.by_token[token] = given, prepared.execution.id

    def work() -> None:
        if is_rate_controlled:
            carry_out_all(state, prepared)
        else:
            carry_out(state, prepared, clock=parent.clock if parent else None)

    if parent:
        work()
    else:
        threading.Thread(target=work, daemon=True, name=prepared.execution.id).start()
    return {"AutomationExecutionId": prepared.execution.id}


def _started_before(state: State, call: Call) -> str | None:
    """The execution that a request with the same token has started already.

    The token is "case insensitive ... and can't be reused" (API reference).
    """
    token = call.place, call.parameters.get("ClientToken", "").lower()
    asked, execution_id = state.automation.by_token.get(token, ({}, None))
    same = {**asked, "ClientToken": None} == {**call.parameters, "ClientToken": None}
    if execution_id is not None and not same:
        raise AwsError(
            "IdempotentParameterMismatch",
            f"The token was used with other parameters, to start {execution_id}.",
        )
    return execution_id


def _find(state: State, call: Call) -> AutomationExecution:
    wanted = call.parameters["AutomationExecutionId"]
    found = state.automation.at(call.place).get(wanted)
    if found is None:
        raise AwsError(
            "AutomationExecutionNotFoundException",
            f"There is no automation execution {wanted} in {call.region}.",
        )
    return found


def _get(state: State, call: Call) -> Result:
    return {"AutomationExecution": described_execution(_find(state, call))}


def _stop(state: State, call: Call) -> Result:
    execution = _find(state, call)
    if execution.is_over:
        raise AwsError(
            "InvalidAutomationStatusUpdateException",
            f"The execution has ended already, with the status {execution.status}.",
        )
    _ask_to_stop(state, execution, call.parameters.get("Type", CANCEL))
    return {}


def _ask_to_stop(state: State, execution: AutomationExecution, stop_type: str) -> None:
    """Stop one. What it executes is cancelled with it, and else is a step that may end."""
    execution.ask_to_stop(stop_type)
    for child in list(state.automation.at(execution.place).values()):
        is_cancelled = stop_type == CANCEL and child.start.parent_id == execution.id
        if is_cancelled and not child.is_over:
            _ask_to_stop(state, child, stop_type)


def _describe_executions(state: State, call: Call) -> Result:
    filters = call.parameters.get("Filters", ())
    newest_first = reversed(state.automation.at(call.place).values())
    by_parent = any(f["Key"] == "ParentExecutionId" for f in filters)
    chosen = [
        described_metadata(execution)
        for execution in newest_first
        # "the executions of a rate control automation are listed below their parent"
        if (by_parent or None in (execution.start.target, execution.start.parent_id))
        and all(execution_passes(state, execution, f["Key"], f["Values"]) for f in filters)
    ]
    return page("AutomationExecutionMetadataList", chosen, call.parameters)


def _describe_steps(state: State, call: Call) -> Result:
    steps: Iterable[StepExecution] = _find(state, call).steps
    filters = call.parameters.get("Filters", ())
    chosen = [
        described_step(step)
        for step in steps
        if all(step_passes(step, f["Key"], f["Values"]) for f in filters)
    ]
    in_order = chosen[::-1] if call.parameters.get("ReverseOrder") else chosen
    return page("StepExecutions", in_order, call.parameters)


OPERATIONS: Mapping[str, Operation] = {
    "DescribeAutomationExecutions": _describe_executions,
    "DescribeAutomationStepExecutions": _describe_steps,
    "GetAutomationExecution": _get,
    "StartAutomationExecution": _start,
    "StopAutomationExecution": _stop,
}
