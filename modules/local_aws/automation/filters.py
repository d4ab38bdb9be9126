"""The filters of DescribeAutomationExecutions and DescribeAutomationStepExecutions."""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from modules.local_aws.automation.executions import AutomationExecution, StepExecution
from modules.local_aws.errors import AwsError
from modules.local_aws.moments import moment

if TYPE_CHECKING:
    from modules.local_aws.state import State

_OF_TIME: Mapping[str, Callable[[datetime, datetime], bool]] = {
    "StartTimeAfter": operator.ge,
    "StartTimeBefore": operator.le,
}


def execution_passes(
    state: State, execution: AutomationExecution, key: str, values: Sequence[str]
) -> bool:
    """Whether an execution is one that a filter asks for."""
    current = execution.current
    if key == "DocumentNamePrefix":
        return any(execution.document_name.startswith(value) for value in values)
    if key in _OF_TIME:
        return _OF_TIME[key](execution.started, _time(values[0]))
    if key == "TagKey":
        tags = state.tags.of(execution.place, "Automation", execution.id)
        return not tags.keys().isdisjoint(values)
    if key == "TargetResourceGroup":
        groups = [t["Values"] for t in execution.start.targets if t["Key"] == "ResourceGroup"]
        return any(not set(values).isdisjoint(each) for each in groups)
    of_execution: Mapping[str, object] = {
        "ExecutionStatus": execution.status,
        "ExecutionId": execution.id,
        "ParentExecutionId": execution.start.parent_id,
        "CurrentAction": current.action if current else None,
        "AutomationType": "Local",
        "AutomationSubtype": None,  # there are no change requests here, and no OpsItems
        "OpsItemId": None,
    }
    return of_execution[key] in values


def step_passes(step: StepExecution, key: str, values: Sequence[str]) -> bool:
    """Whether a step is one that a filter asks for."""
    if key in _OF_TIME:
        return _OF_TIME[key](step.started, _time(values[0]))
    loop: Mapping[str, Any] = step.loop or {}
    of_step: Mapping[str, object] = {
        "StepExecutionStatus": step.status,
        "StepExecutionId": step.id,
        "StepName": step.name,
        "Action": step.action,
        "ParentStepExecutionId": loop.get("StepExecutionId"),
        "ParentStepIteration": str(loop.get("Iteration")),
        "ParentStepIteratorValue": loop.get("IteratorValue"),
    }
    return of_step[key] in values


def _time(text: str) -> datetime:
    try:
        return moment(text)
    except ValueError:
        raise AwsError("InvalidFilterValue", f"{text} is not a time such as ISO 8601's.") from None
