"""aws:executeAutomation: run another runbook, and wait for its end.

Source: "aws:executeAutomation - Run another automation". The step's role starts the execution, so
it needs ssm:StartAutomationExecution, iam:PassRole and ssm:GetAutomationExecution.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from modules.local_aws.automation.attempt import Attempt, Result
from modules.local_aws.automation.executions import SUCCESS
from modules.local_aws.automation.inline import inline
from modules.local_aws.automation.references import as_text, as_texts
from modules.local_aws.automation.step_failures import StepError

_PASSED_ON = (
    "DocumentVersion",
    "MaxConcurrency",
    "MaxErrors",
    "Tags",
    "TargetMaps",
    "TargetParameterName",
    "Targets",
)


def execute_automation(attempt: Attempt) -> Result:
    """Start it through the API, let it run to its end in this thread, and look at the result."""
    inputs = attempt.inputs()
    given: Mapping[str, Any] = inputs.get("RuntimeParameters") or {}
    request: dict[str, Any] = {key: inputs[key] for key in _PASSED_ON if inputs.get(key)}
    request["DocumentName"] = inputs["DocumentName"]
    if given:
        request["Parameters"] = {name: as_texts(value) for name, value in given.items()}
    with inline(attempt.run.execution, attempt.run.clock):
        started = attempt.call("ssm", "StartAutomationExecution", request)
    child_id = started["AutomationExecutionId"]
    got = attempt.call("ssm", "GetAutomationExecution", {"AutomationExecutionId": child_id})
    return _result(attempt, got["AutomationExecution"])


def _result(attempt: Attempt, child: Mapping[str, Any]) -> Result:
    status = child["AutomationExecutionStatus"]
    outputs = {
        "ExecutionId": child["AutomationExecutionId"],
        "Status": status,
        "Output": [as_text(values) for values in child.get("Outputs", {}).values()],
    }
    attempt.record.response = as_text(outputs)
    if status != SUCCESS:
        raise StepError(
            f"The execution {child['AutomationExecutionId']} of {child['DocumentName']} ended "
            f"with the status {status}. {child.get('FailureMessage', '')}"
        )
    return Result(data=outputs, outputs=outputs)
