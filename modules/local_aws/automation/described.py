"""Executions and steps in the shapes of the API (botocore's model of ssm)."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from modules.local_aws.automation.executions import (
    CANCELLED,
    FAILED,
    FAILURES,
    SUCCESS,
    TIMED_OUT,
    AutomationExecution,
    StepExecution,
)
from modules.local_aws.automation.references import as_text

MAX_STEPS = 100  # "if the execution contains more than 100 steps, StepExecutionsTruncated is true"


def described_execution(execution: AutomationExecution) -> dict[str, Any]:
    """An AutomationExecution."""
    return _given(
        {
            **_common(execution),
            "DocumentVersion": execution.document_version,
            "Parameters": dict(execution.parameters),
            "StepExecutions": [described_step(step) for step in execution.steps[:MAX_STEPS]],
            "StepExecutionsTruncated": len(execution.steps) > MAX_STEPS,
            "AssociationId": execution.start.association_id,
            "Variables": dict(execution.variables),
            "ProgressCounters": _progress(execution.children),
        }
    )


def described_metadata(execution: AutomationExecution) -> dict[str, Any]:
    """An AutomationExecutionMetadata, one line of a list of executions."""
    described = {
        **_common(execution),
        "DocumentVersion": execution.document_version,
        "AutomationType": "Local",
        "AssociationId": execution.start.association_id,
    }
    return _given(described)


def _common(execution: AutomationExecution) -> dict[str, Any]:
    start, current = execution.start, execution.current
    return {
        "AutomationExecutionId": execution.id,
        "DocumentName": execution.document_name,
        "AutomationExecutionStatus": execution.status,
        "ExecutionStartTime": execution.started,
        "ExecutionEndTime": execution.ended,
        "Outputs": execution.outputs,
        "FailureMessage": execution.failure_message,
        "Mode": "Auto",
        "ParentAutomationExecutionId": start.parent_id,
        "ExecutedBy": start.executed_by,
        "CurrentStepName": current.name if current else None,
        "CurrentAction": current.action if current else None,
        "TargetParameterName": start.target_parameter_name,
        "Targets": list(start.targets),
        "TargetMaps": [dict(each) for each in start.target_maps],
        "ResolvedTargets": {
            "ParameterValues": [target.value for target in execution.targets],
            "Truncated": False,
        },
        "MaxConcurrency": start.max_concurrency,
        "MaxErrors": start.max_errors,
        "Target": start.target,
    }


def described_step(step: StepExecution) -> dict[str, Any]:
    """A StepExecution."""
    return _given(
        {
            "StepName": step.name,
            "Action": step.action,
            "TimeoutSeconds": step.timeout_seconds,
            "OnFailure": step.on_failure,
            "MaxAttempts": step.max_attempts,
            "ExecutionStartTime": step.started,
            "ExecutionEndTime": step.ended,
            "StepStatus": step.status,
            "ResponseCode": step.response_code,
            "Inputs": {k: json.dumps(v, default=as_text) for k, v in step.inputs.items()},
            "Outputs": step.outputs,
            "Response": step.response,
            "FailureMessage": step.failure_message,
            "FailureDetails": _failure(step),
            "StepExecutionId": step.id,
            "IsEnd": step.is_end,
            "NextStep": step.next_step,
            "IsCritical": step.is_critical,
            "ValidNextSteps": list(step.valid_next_steps),
            "ParentStepDetails": step.loop,
        }
    )


def _failure(step: StepExecution) -> dict[str, Any] | None:
    if step.status not in FAILURES:
        return None
    return {
        "FailureStage": "InProgress",
        "FailureType": step.failure_type,
        "Details": {"StepName": [step.name], "Attempts": [str(step.attempts)]},
    }


def _progress(children: Sequence[AutomationExecution]) -> dict[str, int] | None:
    if not children:
        return None
    by_status = [child.status for child in children]
    return {
        "TotalSteps": len(children),
        "SuccessSteps": by_status.count(SUCCESS),
        "FailedSteps": by_status.count(FAILED),
        "CancelledSteps": by_status.count(CANCELLED),
        "TimedOutSteps": by_status.count(TIMED_OUT),
    }


def _given(members: Mapping[str, Any]) -> dict[str, Any]:
    """What has a value; AWS leaves out the rest."""
    return {name: value for name, value in members.items() if value not in (None, "", {})}
