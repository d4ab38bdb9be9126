"""The history of associations, and running them on request.

Sources: API reference of DescribeAssociationExecutions, DescribeAssociationExecutionTargets,
StartAssociationsOnce and GetCommandInvocation.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from modules.local_aws.call import Call, Operation, Result
from modules.local_aws.errors import AwsError
from modules.local_aws.moments import moment
from modules.local_aws.paging import page
from modules.local_aws.state_manager.executions import (
    COMMAND,
    SUCCESS,
    Execution,
    RequestedExecution,
    TargetResult,
)

if TYPE_CHECKING:
    from modules.local_aws.associations import Association
    from modules.local_aws.state import State

_COMPARISONS: Mapping[str, Callable[[Any, Any], bool]] = {
    "EQUAL": lambda given, wanted: bool(given == wanted),
    "LESS_THAN": lambda given, wanted: bool(given < wanted),
    "GREATER_THAN": lambda given, wanted: bool(given > wanted),
}


def _executions(state: State, call: Call) -> Result:
    """The runs of an association, the last one first."""
    association = state.associations.find(call)
    chosen = [
        _described(association, execution)
        for execution in reversed(association.history)
        if all(_passes(execution, each) for each in call.parameters.get("Filters", ()))
    ]
    return page("AssociationExecutions", chosen, call.parameters)


def _described(association: Association, execution: Execution) -> dict[str, Any]:
    counts = ", ".join(f"{status}={n}" for status, n in sorted(execution.counts.items()))
    return {
        "AssociationId": association.id,
        "AssociationVersion": str(execution.version),
        "ExecutionId": execution.id,
        "Status": execution.status,
        "DetailedStatus": execution.failure or execution.status,
        "CreatedTime": execution.created,
        "LastExecutionDate": execution.created,
        "ResourceCountByStatus": f"{{{counts}}}",
    }


def _passes(execution: Execution, asked: Mapping[str, str]) -> bool:
    compare = _COMPARISONS[asked["Type"]]
    if asked["Key"] == "CreatedTime":
        return compare(execution.created, _time(asked["Value"]))
    given = execution.id if asked["Key"] == "ExecutionId" else execution.status
    return compare(given, asked["Value"])


def _time(text: str) -> datetime:
    try:
        return moment(text)
    except ValueError as error:
        raise AwsError("ValidationException", f"{text} is not a time.") from error


def _targets(state: State, call: Call) -> Result:
    association = state.associations.find(call)
    wanted = call.parameters["ExecutionId"]
    execution = next((e for e in association.history if e.id == wanted), None)
    if execution is None:
        raise AwsError(
            "AssociationExecutionDoesNotExist", "The specified execution ID does not exist."
        )
    chosen = [
        _target(association, execution, target)
        for target in execution.targets
        if all(_target_passes(target, f) for f in call.parameters.get("Filters", ()))
    ]
    return page("AssociationExecutionTargets", chosen, call.parameters)


def _target_passes(target: TargetResult, asked: Mapping[str, str]) -> bool:
    given = {
        "Status": target.status,
        "ResourceId": target.resource_id,
        "ResourceType": target.resource_type,
    }
    return given[asked["Key"]] == asked["Value"]


def _target(association: Association, execution: Execution, target: TargetResult) -> dict[str, Any]:
    return {
        "AssociationId": association.id,
        "AssociationVersion": str(execution.version),
        "ExecutionId": execution.id,
        "ResourceId": target.resource_id,
        "ResourceType": target.resource_type,
        "Status": target.status,
        "DetailedStatus": target.detail,
        "LastExecutionDate": target.time,
        "OutputSource": {
            "OutputSourceId": target.source_id or execution.id,
            "OutputSourceType": target.source_type,
        },
    }


def _start_once(state: State, call: Call) -> Result:
    here = state.associations.at(call.place)
    ids = call.parameters["AssociationIds"]
    if any(each not in here for each in ids):
        raise AwsError("AssociationDoesNotExist", "The specified association does not exist.")
    for each in ids:
        request = RequestedExecution(
            reason="once", version=here[each].current.number, requested=state.now()
        )
        here[each].owed.append(request)
    return {}


def _get_invocation(state: State, call: Call) -> Result | None:
    """GetCommandInvocation of a command that State Manager sent; moto answers for all others."""
    wanted = (call.parameters["CommandId"], call.parameters["InstanceId"])
    for association, target in _commands(state, call):
        if (target.source_id, target.resource_id) == wanted:
            return _invocation(association, target)
    return None


def _commands(state: State, call: Call) -> Iterator[tuple[Association, TargetResult]]:
    for association in state.associations.at(call.place).values():
        for execution in association.history:
            if execution.targets and execution.targets[0].source_type == COMMAND:
                yield from ((association, target) for target in execution.targets)


def _invocation(association: Association, target: TargetResult) -> dict[str, Any]:
    ran_at = f"{target.time:%Y-%m-%dT%H:%M:%S.000Z}"
    ran = target.status in {SUCCESS, "Failed"}
    return {
        "CommandId": target.source_id,
        "InstanceId": target.resource_id,
        "DocumentName": association.settings["Name"],
        "PluginName": "PatchLinux",
        "ResponseCode": target.code if ran else -1,
        "ExecutionStartDateTime": ran_at if ran else "",
        "ExecutionEndDateTime": ran_at if ran else "",
        "Status": target.status,
        "StatusDetails": target.detail,
        "StandardOutputContent": target.output,
        "StandardErrorContent": target.error,
    }


OPERATIONS: Mapping[str, Operation] = {
    "DescribeAssociationExecutions": _executions,
    "DescribeAssociationExecutionTargets": _targets,
    "GetCommandInvocation": _get_invocation,
    "StartAssociationsOnce": _start_once,
}
