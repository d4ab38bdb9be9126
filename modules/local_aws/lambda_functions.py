"""Lambda functions that really run: the zip is executed in a Python process of its own.

moto keeps the functions. Sources: Lambda API reference (CreateFunction, Invoke) and Developer Guide
("Defining Lambda function permissions with an execution role", "Lambda function errors in Python",
"Defined runtime environment variables").
"""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from typing import TYPE_CHECKING

from modules.local_aws import faults, moto_backends
from modules.local_aws.call import Call, Operation, Result
from modules.local_aws.errors import AwsError
from modules.local_aws.lambda_process import Run, Work, failed_run, run
from modules.local_aws.moto_backends import MotoObject
from modules.local_aws.permissions import Need, may
from modules.local_aws.principals import Principal
from modules.local_aws.roles import assume_for_service

if TYPE_CHECKING:
    from modules.local_aws.state import State

SERVICE = "lambda.amazonaws.com"
TAIL_BYTES = 4096  # "the last 4 KB of the execution log" (LogResult)


def _check_role(state: State, call: Call) -> Result | None:
    """Refuse a role that Lambda cannot assume (yet), in AWS's words: the provider retries them."""
    role_arn = call.parameters.get("Role")
    if role_arn is None:
        return None
    name = call.parameters["FunctionName"]
    source = f"arn:aws:lambda:{call.region}:{call.account}:function:{name}"
    if assume_for_service(state, role_arn, SERVICE, session=name, source_arn=source) is None:
        raise AwsError(
            "InvalidParameterValueException",
            "The role defined for the function cannot be assumed by Lambda.",
        )
    return None


def _invoke(state: State, call: Call) -> Result:
    invocation_type = call.parameters.get("InvocationType", "RequestResponse")
    _check_payload(call)
    with state.lock:
        function = _function(call)
        principal = assume_for_service(
            state,
            function.role,
            SERVICE,
            session=function.function_name,
            source_arn=function.function_arn,
        )
        if principal is None:
            raise AwsError(
                "AccessDeniedException",
                "The role defined for the function cannot be assumed by Lambda.",
                status=403,
            )
        work = _work(state, call, function, principal)
    if invocation_type == "DryRun":
        return {"StatusCode": 204}
    finished = _run(state, work)
    with state.lock:
        _write_log(state, call, function, principal, finished)
    if invocation_type == "Event":
        return {"StatusCode": 202}
    answer: Result = {
        "StatusCode": 200,
        "ExecutedVersion": "$LATEST",
        "Payload": finished.payload,
    }
    if finished.failed:
        answer["FunctionError"] = "Unhandled"
    if call.parameters.get("LogType") == "Tail":
        log = "".join(f"{line}\n" for line in finished.lines).encode()
        answer["LogResult"] = base64.b64encode(log[-TAIL_BYTES:]).decode()
    return answer


def _check_payload(call: Call) -> None:
    try:
        json.loads(call.parameters.get("Payload") or b"{}")
    except ValueError as error:
        raise AwsError(
            "InvalidRequestContentException",
            f"Could not parse request body into json: {error}",
        ) from None


def _run(state: State, work: Work) -> Run:
    """Run the function, or let it fail where a fault of the function itself is due."""
    try:
        state.faults.strike(faults.FUNCTION, faults.BEFORE)
        finished = run(state, work)
        state.faults.strike(faults.FUNCTION, faults.AFTER)
    except AwsError as fault:
        return failed_run(fault.code, fault.message)
    return finished


def _function(call: Call) -> MotoObject:
    name = call.parameters["FunctionName"]
    function = moto_backends.find_function(call.place, name, call.parameters.get("Qualifier"))
    if function is None:
        arn = f"arn:aws:lambda:{call.region}:{call.account}:function:{name}"
        raise AwsError("ResourceNotFoundException", f"Function not found: {arn}", status=404)
    return function


def _work(state: State, call: Call, function: MotoObject, principal: Principal) -> Work:
    credentials = state.sessions.start(principal)
    return Work(
        code=function.code_bytes,
        handler=function.handler,
        event=call.parameters.get("Payload") or b"{}",
        timeout_seconds=int(function.timeout),
        function_name=function.function_name,
        function_arn=function.function_arn,
        memory_mb=int(function.memory_size),
        environment={
            **function.environment_vars,
            "AWS_ACCESS_KEY_ID": credentials.access_key_id,
            "AWS_SECRET_ACCESS_KEY": credentials.secret_access_key,
            "AWS_SESSION_TOKEN": credentials.session_token,
            "AWS_REGION": call.region,
            "AWS_DEFAULT_REGION": call.region,
            "AWS_ENDPOINT_URL": state.url,
            "AWS_EC2_METADATA_DISABLED": "true",
            "AWS_LAMBDA_FUNCTION_NAME": function.function_name,
            "AWS_LAMBDA_FUNCTION_VERSION": "$LATEST",
            "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": str(function.memory_size),
            "AWS_LAMBDA_LOG_GROUP_NAME": function.logs_group_name,
            "AWS_EXECUTION_ENV": f"AWS_Lambda_{function.run_time}",
            "TZ": ":UTC",
        },
    )


def _write_log(
    state: State, call: Call, function: MotoObject, principal: Principal, done: Run
) -> None:
    """Write to the function's log group, where there is one and the role may."""
    logs, group = moto_backends.logs(call.place), function.logs_group_name
    stream = f"{state.now():%Y/%m/%d}/[$LATEST]{done.request_id.replace('-', '')}"
    arn = f"arn:aws:logs:{call.region}:{call.account}:log-group:{group}:log-stream:{stream}"
    allowed = may(state, principal, Need(action="logs:PutLogEvents", resource=arn), call.region)
    if group not in logs.groups or not allowed or not done.lines:
        return
    when = int(state.now().timestamp() * 1000)
    logs.create_log_stream(group, stream)
    events = [{"timestamp": when, "message": line} for line in done.lines]
    logs.put_log_events(group, stream, events)


OPERATIONS: Mapping[str, Operation] = {
    "CreateFunction": _check_role,
    "Invoke": _invoke,
    "UpdateFunctionConfiguration": _check_role,
}
