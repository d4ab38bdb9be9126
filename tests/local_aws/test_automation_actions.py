"""Automation: what each action does."""

from __future__ import annotations

import io
import json
import zipfile
from datetime import timedelta
from typing import Any

import pytest

from tests.local_aws.runbooks import (
    ACCOUNT,
    REGION,
    Runbooks,
    branch,
    failing,
    nap,
    ran,
    script,
    step,
)


def function(runbooks: Runbooks, body: str) -> str:
    """A Lambda function; its name."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as package:
        package.writestr("main.py", f"def handler(event, context):\n    {body}\n")
    trust = {
        "Version": "2012-10-17",
        "Statement": {
            "Effect": "Allow",
            "Principal": {"Service": "lambda.amazonaws.com"},
            "Action": "sts:AssumeRole",
        },
    }
    runbooks.client("iam").create_role(RoleName="F", AssumeRolePolicyDocument=json.dumps(trust))
    runbooks.client("lambda").create_function(
        FunctionName="f",
        Runtime="python3.13",
        Role=f"arn:aws:iam::{ACCOUNT}:role/F",
        Handler="main.handler",
        Code={"ZipFile": buffer.getvalue()},
        Timeout=20,
    )
    return "f"


def test_an_api_takes_typed_parameters_and_either_name(runbooks: Runbooks) -> None:
    runbooks.client("ssm").put_parameter(Name="p", Value="x", Type="String")
    for api in ("GetParameters", "get_parameters"):
        one = step(
            "one",
            "executeAwsApi",
            Service="ssm",
            Api=api,
            Names=["{{ Names }}"],
            outputs=[
                {"Name": "Values", "Selector": "$.Parameters..Value", "Type": "StringList"},
                {"Name": "Version", "Selector": "$.Parameters[0].Version", "Type": "Integer"},
            ],
        )
        execution = runbooks.run(
            [one],
            parameters={"Names": {"type": "StringList"}},
            given={"Names": ["p"]},
            outputs=["one.Values", "one.Version"],
        )
        assert execution.outputs == {"one.Values": ["x"], "one.Version": ["1"]}
        assert execution.steps[0].inputs["Names"] == ["p"]
        assert json.loads(execution.steps[0].response)["Parameters"][0]["Value"] == "x"


@pytest.mark.parametrize(
    ("inputs", "message"),
    [
        ({"Service": "iam", "Api": "GetRolle", "RoleName": "x"}, "no operation GetRolle"),
        ({"Service": "amazing", "Api": "GetRole"}, "no service amazing"),
        ({"Service": "iam", "Api": "GetRole", "Rolename": "x"}, "Unknown parameter"),
        ({"Service": "iam", "Api": "GetRole", "RoleName": 7}, "Invalid type"),
        ({"Service": "s3", "Api": "GetObject", "Bucket": "b", "Key": "k"}, "streams"),
    ],
)
def test_rejects_an_api_call_that_is_none(runbooks: Runbooks, inputs: Any, message: str) -> None:
    execution = runbooks.run([step("one", "executeAwsApi", **inputs)])
    assert execution.status == "Failed"
    assert message in execution.failure_message


def test_sleep_lasts_until_a_time(runbooks: Runbooks) -> None:
    in_an_hour = runbooks.aws.state.now() + timedelta(hours=1)
    execution = runbooks.run([step("s", "sleep", Timestamp=in_an_hour.isoformat())])
    assert execution.ended is not None
    assert abs(execution.ended - in_an_hour) < timedelta(seconds=1)


@pytest.mark.parametrize("duration", ["10 minutes", "P8D", "PT"])
def test_rejects_a_sleep_that_is_none(runbooks: Runbooks, duration: str) -> None:
    assert runbooks.run([step("s", "sleep", Duration=duration)]).status == "Failed"


def state_of(action: str, wanted: list[Any], **more: Any) -> Any:
    return step(
        "state",
        action,
        Service="ec2",
        Api="DescribeInstances",
        PropertySelector="$.Reservations[0].Instances[0].State.Name",
        DesiredValues=wanted,
        **more,
    )


def test_a_property_is_asserted(runbooks: Runbooks, fleet: dict[str, str]) -> None:
    good = state_of("assertAwsResourceProperty", ["stopped", "running"])
    bad = state_of("assertAwsResourceProperty", ["stopped"])
    for each in (good, bad):
        each["inputs"]["InstanceIds"] = [fleet["bare"]]
    assert runbooks.run([good]).status == "Success"
    execution = runbooks.run([bad])
    assert execution.status == "Failed"
    assert "is running, none of the desired values stopped" in execution.failure_message


def test_desired_booleans_are_written_as_aws_writes_them(
    runbooks: Runbooks, fleet: dict[str, str]
) -> None:
    source = step(
        "s",
        "assertAwsResourceProperty",
        Service="ec2",
        Api="DescribeInstances",
        InstanceIds=[fleet["bare"]],
        PropertySelector="$.Reservations[0].Instances[0].EbsOptimized",
        DesiredValues=["False"],
    )
    assert runbooks.run([source]).status == "Success"


def test_waiting_ends_with_the_property_or_with_the_time(
    runbooks: Runbooks, fleet: dict[str, str]
) -> None:
    wait, instances = "waitForAwsResourceProperty", [fleet["bare"]]
    hopeless = state_of(wait, ["stopped"], InstanceIds=instances, timeoutSeconds=100)
    execution = runbooks.run([hopeless])
    assert (execution.status, execution.calls) == ("TimedOut", 7)
    assert execution.ended is not None
    assert 100 < (execution.ended - execution.started).total_seconds() < 102
    there = runbooks.run([state_of(wait, ["running"], InstanceIds=instances)])
    assert (there.status, there.steps[0].timeout_seconds) == ("Success", 3600)


def test_a_function_is_invoked_with_its_payload(runbooks: Runbooks) -> None:
    name = function(runbooks, "return {'got': event, 'Retry': True}")
    invoke = step(
        "invoke",
        "invokeLambdaFunction",
        FunctionName=name,
        InvocationType="RequestResponse",
        Payload='{"from": "Payload"}',
        InputPayload={"from": "{{ global:REGION }}"},
        outputs=[
            {"Name": "From", "Selector": "$.Payload.got.from", "Type": "String"},
            {"Name": "Retry", "Selector": "$.Retry", "Type": "Boolean"},
        ],
    )
    execution = runbooks.run([invoke], outputs=["invoke.From", "invoke.Retry", "invoke.StatusCode"])
    assert execution.outputs == {
        "invoke.From": [REGION],
        "invoke.Retry": ["true"],
        "invoke.StatusCode": ["200"],
    }


def test_a_function_that_fails_fails_its_step_or_not(runbooks: Runbooks) -> None:
    """AWS does not say which."""
    name = function(runbooks, "raise LookupError('nothing there')")
    invoke = step("invoke", "invokeLambdaFunction", FunctionName=name)
    execution = runbooks.run([invoke])
    assert execution.status == "Failed"
    assert "nothing there" in execution.failure_message
    runbooks.aws.state.switches.failed_functions_fail_steps = False
    tolerated = runbooks.run([invoke])
    assert tolerated.status == "Success"
    assert tolerated.steps[0].outputs["FunctionError"] == ["Unhandled"]


def test_a_function_may_take_as_long_as_its_step(runbooks: Runbooks) -> None:
    name = function(runbooks, "import time; time.sleep(1.5)")
    invoke = step("invoke", "invokeLambdaFunction", FunctionName=name)
    assert runbooks.run([invoke]).status == "Success"
    execution = runbooks.run([{**invoke, "timeoutSeconds": 1}, nap("after")])
    assert (execution.status, ran(execution)) == ("TimedOut", ["invoke"])


def test_a_function_need_not_be_waited_for(runbooks: Runbooks) -> None:
    name = function(runbooks, "return 1")
    for how, status in (("Event", "202"), ("DryRun", "204")):
        invoke = step("i", "invokeLambdaFunction", FunctionName=name, InvocationType=how)
        (ended,) = runbooks.run([invoke]).steps
        assert ended.outputs == {"StatusCode": [status], "Payload": [""]}


def test_a_payload_that_is_too_large_is_refused(
    runbooks: Runbooks, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The limit is a document's size three times over, so it is made smaller here."""
    monkeypatch.setattr("modules.local_aws.automation.actions.lambda_function.MAX_PAYLOAD_BYTES", 9)
    invoke = step("i", "invokeLambdaFunction", FunctionName="f", Payload="x" * 10)
    assert "larger than 9 bytes" in runbooks.run([invoke]).failure_message


def test_another_runbook_is_executed(runbooks: Runbooks) -> None:
    child = runbooks.document(
        [
            script("say", "def handler(e, c):\n    return e['A']\n", InputPayload={"A": "{{ A }}"},
                   outputs=[{"Name": "Said", "Selector": "$.Payload", "Type": "Boolean"}]),
            step("hour", "sleep", Duration="PT1H"),
        ],
        parameters={"A": {"type": "Boolean"}},
        outputs=["say.Said"],
    )  # fmt: skip
    call = step("call", "executeAutomation", DocumentName=child, RuntimeParameters={"A": True})
    execution = runbooks.run([call], outputs=["call.Output", "call.Status", "call.ExecutionId"])
    assert execution.outputs["call.Output"] == ["true"]
    assert execution.outputs["call.Status"] == ["Success"]
    assert execution.ended is not None
    assert execution.ended - execution.started >= timedelta(hours=1)
    described = runbooks.client("ssm").get_automation_execution(
        AutomationExecutionId=execution.outputs["call.ExecutionId"][0]
    )["AutomationExecution"]
    assert described["ParentAutomationExecutionId"] == execution.id


def test_output_has_an_item_for_each_output_of_the_other_runbook(runbooks: Runbooks) -> None:
    declared = {"A": {"type": "String"}, "B": {"type": "StringList"}}
    child = runbooks.document([nap("one")], parameters=declared, outputs=["A", "B", "one.No"])
    values = {"A": "text", "B": ["x", "y"]}
    call = step("call", "executeAutomation", DocumentName=child, RuntimeParameters=values)
    output = runbooks.run([call], outputs=["call.Output"]).outputs["call.Output"]
    assert output[:2] == ["text", '["x", "y"]']
    assert output[2].startswith("No output available yet")


def test_a_runbook_that_fails_fails_the_step_that_executes_it(runbooks: Runbooks) -> None:
    child = runbooks.document([failing("inner")])
    execution = runbooks.run([step("call", "executeAutomation", DocumentName=child)])
    assert execution.status == "Failed"
    assert "GetRole operation" in execution.failure_message
    missing = runbooks.run([step("call", "executeAutomation", DocumentName="Nothing")])
    assert "AutomationDefinitionNotFoundException" in missing.failure_message


def test_a_loop_takes_each_item(runbooks: Runbooks) -> None:
    put = step(
        "put",
        "executeAwsApi",
        Service="ssm",
        Api="PutParameter",
        Name="{{ each.CurrentIteratorValue }}",
        Value="{{ each.CurrentIteration }}th",
        Type="String",
    )
    loop = step("each", "loop", Iterators="{{ Names }}", Steps=[put])
    execution = runbooks.run(
        [loop, nap("after")],
        parameters={"Names": {"type": "StringList"}},
        given={"Names": ["a", "b"]},
        outputs=["each.CurrentIteration"],
    )
    assert execution.status == "Success", execution.failure_message
    assert ran(execution) == ["each", "put", "put", "after"]
    assert execution.outputs == {"each.CurrentIteration": ["2"]}
    found = runbooks.client("ssm").get_parameters(Names=["a", "b"])["Parameters"]
    assert {p["Name"]: p["Value"] for p in found} == {"a": "1th", "b": "2th"}
    details = execution.steps[2].loop
    assert details is not None
    assert (details["StepName"], details["Iteration"], details["IteratorValue"]) == ("each", 2, "b")


def test_a_loop_goes_on_while_its_condition_is_true(runbooks: Runbooks) -> None:
    count = script(
        "count",
        "def handler(e, c):\n    return e['n'] + 1\n",
        InputPayload={"n": "{{ variable:n }}"},
        outputs=[{"Name": "n", "Selector": "$.Payload", "Type": "Integer"}],
    )
    update = step("update", "updateVariable", Name="variable:n", Value="{{ count.n }}")
    loop = step(
        "loop",
        "loop",
        Steps=[count, update],
        LoopCondition={"Variable": "{{ variable:n }}", "NumericLesser": 3},
        MaxIterations=10,
    )
    variables = {"n": {"type": "Integer", "default": 0}}
    execution = runbooks.run([loop], variables=variables, outputs=["variable:n"])
    assert (execution.status, execution.outputs) == ("Success", {"variable:n": ["3"]})
    loop["inputs"]["MaxIterations"] = 2
    assert runbooks.run([loop], variables=variables, outputs=["variable:n"]).outputs == {
        "variable:n": ["2"]
    }


def test_a_step_of_a_loop_that_aborts_aborts_the_loop(runbooks: Runbooks) -> None:
    loop = step("loop", "loop", Iterators=["a", "b"], Steps=[failing("inner")])
    execution = runbooks.run([loop, nap("after")])
    assert (execution.status, ran(execution)) == ("Failed", ["loop", "inner"])
    loop["inputs"]["Steps"] = [failing("inner", onFailure="Continue")]
    tolerant = runbooks.run([loop, nap("after")])
    assert (tolerant.status, ran(tolerant)) == ("Success", ["loop", "inner", "inner", "after"])


def test_a_loop_has_100_items_at_most(runbooks: Runbooks) -> None:
    loop = step("loop", "loop", Iterators=["x"] * 101, Steps=[nap("nap")])
    assert "100 items" in runbooks.run([loop]).failure_message


@pytest.mark.parametrize("most", ["0", "101", "ten"])
def test_a_loop_has_1_to_100_passes(most: str, runbooks: Runbooks) -> None:
    loop = step("loop", "loop", Iterators=["x"], MaxIterations="{{ Most }}", Steps=[nap("nap")])
    execution = runbooks.run([loop], parameters={"Most": {"type": "String", "default": most}})
    assert ran(execution) == ["loop"]
    assert f"1 to 100, not {most}" in execution.failure_message


def test_a_variable_keeps_its_type(runbooks: Runbooks) -> None:
    update = step("update", "updateVariable", Name="variable:v", Value="{{ Texts }}")
    choose = branch("b", {"Variable": "{{ variable:v }}", "StringEquals": "x", "NextStep": "y"})
    declared = {"Texts": {"type": "StringList", "default": ["x"]}}
    execution = runbooks.run(
        [update, choose, nap("n"), nap("y")],
        parameters=declared,
        variables={"v": {"type": "String", "default": "w"}},
    )
    assert execution.status == "Failed"
    assert "not of its type String" in execution.failure_message
    assert execution.variables == {"v": ["w"]}
    unknown = runbooks.run([step("u", "updateVariable", Name="variable:w", Value="a")])
    assert "no variable w" in unknown.failure_message
