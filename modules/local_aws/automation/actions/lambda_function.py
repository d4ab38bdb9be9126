"""aws:invokeLambdaFunction: call a Lambda function.

Source: "aws:invokeLambdaFunction - Invoke an AWS Lambda function".
"""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from typing import Any

from modules.local_aws.automation.attempt import Attempt, Result
from modules.local_aws.automation.references import as_text
from modules.local_aws.automation.step_failures import StepError

MAX_PAYLOAD_BYTES = 200_000  # "the maximum size of the payload ... 200 KB"


def invoke_function(attempt: Attempt) -> Result:
    """Invoke it; a function that failed fails the step, unless a switch says otherwise."""
    inputs = attempt.inputs()
    payload = _payload(inputs)
    request = {
        key: inputs[key]
        for key in ("FunctionName", "InvocationType", "LogType", "ClientContext", "Qualifier")
        if inputs.get(key)
    }
    answer = _call_in_time(attempt, {**request, "Payload": payload})
    body = answer["Payload"].read().decode()
    outputs = {"StatusCode": str(answer["StatusCode"]), "Payload": body}
    outputs |= {k: answer[k] for k in ("FunctionError", "LogResult") if k in answer}
    attempt.record.response = as_text(outputs)
    if "FunctionError" in answer and attempt.run.state.switches.failed_functions_fail_steps:
        raise StepError(
            f"Lambda function {inputs['FunctionName']} failed: calling the Invoke operation gave "
            f"FunctionError {answer['FunctionError']}. Payload: {body}"
        )
    return Result(data=_selectable(outputs), outputs=outputs)


def _call_in_time(attempt: Attempt, request: Mapping[str, Any]) -> dict[str, Any]:
    """Invoke it. The execution's clock stands still meanwhile, unless the function takes longer
    than the step may."""
    begun, left = time.monotonic(), attempt.seconds_left
    answer = attempt.call("lambda", "Invoke", request)
    took = time.monotonic() - begun
    if took > left:
        attempt.run.clock.pass_seconds(took)
        attempt.check()
    return answer


def _payload(inputs: Mapping[str, Any]) -> bytes:
    """InputPayload, an object, wins over Payload, a text."""
    if "InputPayload" in inputs:
        payload = json.dumps(inputs["InputPayload"], default=as_text)
    else:
        payload = as_text(inputs.get("Payload") or "{}")
    if len(payload.encode()) > MAX_PAYLOAD_BYTES:
        raise StepError(f"The payload is larger than {MAX_PAYLOAD_BYTES} bytes.")
    return payload.encode()


def _selectable(outputs: Mapping[str, Any]) -> dict[str, Any]:
    """What selectors look into: the answer, and, as in AWS's sample, the payload's own members."""
    try:
        payload = json.loads(outputs["Payload"])
    except ValueError:
        payload = outputs["Payload"]
    members = payload if isinstance(payload, dict) else {}
    return {**members, **outputs, "Payload": payload}
