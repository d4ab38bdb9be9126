"""aws:executeAutomation: run another runbook, and wait for its end.

Source: "aws:executeAutomation - Run another automation". The step's role starts the execution, so
it needs ssm:StartAutomationExecution, iam:PassRole and ssm:GetAutomationExecution.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from modules.local_aws.automation.attempt import Attempt, Result
from modules.local_aws.automation.executions import SUCCESS
from modules.local_aws.automation.inline import inline, parent
from modules.local_aws.automation.references import as_text, as_texts
from modules.local_aws.automation.step_failures import StepError

MAX_DEPTH = 10  # AWS refuses a circle before it begins; here one is found as it goes on
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
    above = parent()
    if above and above.depth >= MAX_DEPTH:
        raise StepError(f"Runbooks execute each other {MAX_DEPTH} deep: is there a circle?")
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


def _one(values: list[str]) -> str:
    """An output of the other runbook as an item of Output, "ordered by the outputs".

    Source: cdklabs/cdk-ssm-documents#26. Runbooks that people publish take the items as they are.
    """
    return values[0] if len(values) == 1 else as_text(values)


def _result(attempt: Attempt, child: Mapping[str, Any]) -> Result:
    status = child["AutomationExecutionStatus"]
    outputs = {
        "ExecutionId": child["AutomationExecutionId"],
        "Status": status,
        "Output": [_one(values) for values in child.get("Outputs", {}).values()],
    }
    attempt.record.response = as_text(outputs)
    if status != SUCCESS:
        raise StepError(
            f"The execution {child['AutomationExecutionId']} of {child['DocumentName']} ended "
            f"with the status {status}. {child.get('FailureMessage', '')}"
        )
    return Result(data=outputs, outputs=outputs)
