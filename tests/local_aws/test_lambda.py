"""Lambda functions that run."""

from __future__ import annotations

import base64
import io
import json
import zipfile
from typing import Any

import pytest
from botocore.exceptions import ClientError

from modules.local_aws import LocalAws
from modules.local_aws.faults import FUNCTION, Fault

ACCOUNT = "123456789012"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/Function"
CODE = """
import os, time, boto3

def handler(event, context):
    print("asked for", event["do"])
    return globals()[event["do"]](context)

def greet(context):
    return {"name": context.function_name, "color": os.environ["COLOR"],
            "millis": context.get_remaining_time_in_millis(), "id": context.aws_request_id}

def who(context):
    return boto3.client("sts").get_caller_identity()["Arn"]

def put(context):
    boto3.client("s3").put_object(Bucket="target", Key="k", Body=b"x")

def fail(context):
    raise LookupError("nothing there")

def leave(context):
    os._exit(3)

def sleep(context):
    time.sleep(30)

def unserializable(context):
    return object()
"""
TRUST: dict[str, Any] = {
    "Version": "2012-10-17",
    "Statement": {
        "Effect": "Allow",
        "Principal": {"Service": "lambda.amazonaws.com"},
        "Action": "sts:AssumeRole",
        "Condition": {"StringEquals": {"aws:SourceAccount": ACCOUNT}},
    },
}


def zip_of(code: str) -> bytes:
    """A deployment package with one module, `main`."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as package:
        package.writestr("main.py", code)
    return buffer.getvalue()


def create_role(client: Any, trust: Any = TRUST, *actions: str) -> None:
    """The function's role, which may do these actions."""
    iam = client("iam")
    iam.create_role(RoleName="Function", AssumeRolePolicyDocument=json.dumps(trust))
    statement = {"Effect": "Allow", "Action": list(actions), "Resource": "*"}
    document = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    if actions:
        iam.put_role_policy(RoleName="Function", PolicyName="p", PolicyDocument=document)


def create_function(client: Any, **changes: Any) -> Any:
    """The function, and the client that made it."""
    functions = client("lambda")
    request: dict[str, Any] = {
        "FunctionName": "f",
        "Runtime": "python3.13",
        "Role": ROLE,
        "Handler": "main.handler",
        "Code": {"ZipFile": zip_of(CODE)},
        "Environment": {"Variables": {"COLOR": "blue"}},
        "Timeout": 20,
    }
    functions.create_function(**{**request, **changes})
    return functions


def invoke(functions: Any, do: str) -> tuple[Any, str | None]:
    """The function's answer, and FunctionError."""
    answer = functions.invoke(FunctionName="f", Payload=json.dumps({"do": do}))
    return json.load(answer["Payload"]), answer.get("FunctionError")


def test_it_runs_with_its_environment_and_context(client: Any) -> None:
    create_role(client)
    answer, error = invoke(create_function(client), "greet")
    assert error is None
    assert (answer["name"], answer["color"]) == ("f", "blue")
    assert 15_000 < answer["millis"] <= 20_000


def test_it_acts_as_its_role_and_no_further(client: Any) -> None:
    create_role(client)
    client("s3").create_bucket(Bucket="target")
    functions = create_function(client)
    assert invoke(functions, "who") == (f"arn:aws:sts::{ACCOUNT}:assumed-role/Function/f", None)
    answer, error = invoke(functions, "put")
    assert error == "Unhandled"
    assert answer["errorType"] == "AccessDenied"
    assert "s3:PutObject on resource: arn:aws:s3:::target/k" in answer["errorMessage"]


@pytest.mark.parametrize(
    ("do", "error_type", "message"),
    [
        ("fail", "LookupError", "nothing there"),
        ("leave", "Runtime.ExitError", "exited"),
        ("unserializable", "TypeError", "not JSON serializable"),
        ("missing", "KeyError", "missing"),
    ],
)
def test_a_failure_is_reported_as_lambda_does(
    client: Any, do: str, error_type: str, message: str
) -> None:
    create_role(client)
    answer, error = invoke(create_function(client), do)
    assert (error, answer["errorType"]) == ("Unhandled", error_type)
    assert message in answer["errorMessage"]


def test_what_it_logs_is_in_the_log_of_each_invocation(client: Any) -> None:
    """Its module is imported once, and sets up its logging then."""
    create_role(client, TRUST, "logs:CreateLogStream", "logs:PutLogEvents")
    logs = client("logs")
    logs.create_log_group(logGroupName="/aws/lambda/f")
    code = "import logging\nlogging.basicConfig(level=logging.INFO, format='%(message)s')\n"
    code += "def handler(event, context): logging.info('here')\n"
    functions = create_function(client, Code={"ZipFile": zip_of(code)})
    for _ in range(2):
        assert invoke(functions, "log") == (None, None)
    events = logs.filter_log_events(logGroupName="/aws/lambda/f")["events"]
    assert [event["message"] for event in events].count("here") == 2


@pytest.mark.parametrize(("how", "status"), [("Event", 202), ("DryRun", 204)])
def test_an_answer_that_nobody_waits_for_is_empty(client: Any, how: str, status: int) -> None:
    create_role(client)
    answer = create_function(client).invoke(FunctionName="f", InvocationType=how, Payload="{}")
    assert (answer["StatusCode"], answer["Payload"].read()) == (status, b"")


def test_the_end_of_its_log_is_told_on_request(client: Any) -> None:
    create_role(client)
    code = "def handler(event, context):\n    print('x' * 5000)\n    print('here')\n"
    functions = create_function(client, Code={"ZipFile": zip_of(code)})
    assert "LogResult" not in functions.invoke(FunctionName="f")
    told = base64.b64decode(functions.invoke(FunctionName="f", LogType="Tail")["LogResult"])
    assert (len(told), b"\nhere\nEND" in told) == (4096, True)


def test_refuses_an_event_that_is_no_json(client: Any) -> None:
    create_role(client)
    functions = create_function(client)
    with pytest.raises(functions.exceptions.InvalidRequestContentException):
        functions.invoke(FunctionName="f", Payload="{no")


def test_its_time_is_limited(client: Any) -> None:
    create_role(client)
    answer, error = invoke(create_function(client, Timeout=1), "sleep")
    assert (error, answer["errorType"]) == ("Unhandled", "Sandbox.Timedout")
    assert "timed out after 1.00 seconds" in answer["errorMessage"]


def test_it_logs_where_it_may_and_where_there_is_a_log_group(client: Any) -> None:
    create_role(client, TRUST, "logs:CreateLogStream", "logs:PutLogEvents")
    functions, logs = create_function(client), client("logs")
    invoke(functions, "greet")
    assert logs.describe_log_groups()["logGroups"] == []
    logs.create_log_group(logGroupName="/aws/lambda/f")
    invoke(functions, "greet")
    events = logs.filter_log_events(logGroupName="/aws/lambda/f")["events"]
    assert "asked for greet" in [event["message"] for event in events]
    client("iam").delete_role_policy(RoleName="Function", PolicyName="p")
    invoke(functions, "greet")
    assert logs.filter_log_events(logGroupName="/aws/lambda/f")["events"] == events


def test_new_code_is_what_runs_next(client: Any) -> None:
    create_role(client)
    functions = create_function(client)
    new = zip_of("def handler(event, context): return 'new'")
    functions.update_function_code(FunctionName="f", ZipFile=new)
    assert invoke(functions, "greet") == ("new", None)


def trust_but(**changes: Any) -> dict[str, Any]:
    """The trust policy with a changed statement."""
    return {**TRUST, "Statement": {**TRUST["Statement"], **changes}}


@pytest.mark.parametrize(
    "trust",
    [
        None,
        trust_but(Principal={"Service": "ec2.amazonaws.com"}),
        trust_but(Condition={"StringEquals": {"aws:SourceAccount": "999988887777"}}),
    ],
)
def test_a_role_that_lambda_cannot_assume_is_refused(client: Any, trust: Any) -> None:
    if trust:
        create_role(client, trust)
    with pytest.raises(ClientError, match="cannot be assumed by Lambda") as caught:
        create_function(client)
    assert caught.value.response["Error"]["Code"] == "InvalidParameterValueException"


def test_a_new_role_can_be_assumed_only_after_a_while(client: Any, aws: LocalAws) -> None:
    aws.state.switches.role_delay_seconds = 60
    create_role(client)
    with pytest.raises(ClientError, match="cannot be assumed by Lambda"):
        create_function(client)
    aws.state.switches.role_delay_seconds = 0
    create_function(client)


@pytest.mark.parametrize(("when", "written"), [("before", False), ("after", True)])
def test_a_fault_strikes_before_or_after_the_function_ran(
    client: Any, aws: LocalAws, when: str, *, written: bool
) -> None:
    create_role(client, TRUST, "s3:PutObject")
    client("s3").create_bucket(Bucket="target")
    functions = create_function(client)
    aws.state.faults.pending.append(Fault(operation=FUNCTION, code="Timeout", when=when))
    answer, error = invoke(functions, "put")
    assert (error, answer["errorType"]) == ("Unhandled", "Timeout")
    assert client("s3").list_objects_v2(Bucket="target")["KeyCount"] == int(written)
    assert invoke(functions, "put") == (None, None)


def test_a_function_that_is_not_there(client: Any) -> None:
    functions = client("lambda")
    with pytest.raises(functions.exceptions.ResourceNotFoundException, match="Function not found"):
        functions.invoke(FunctionName="f")
