"""Automation: executions for each of some targets."""

from __future__ import annotations

import json
from typing import Any

import pytest
from botocore.exceptions import ClientError

from modules.local_aws.automation import Start, execute
from modules.local_aws.errors import AwsError
from tests.local_aws.runbooks import (
    ACCOUNT,
    REGION,
    Runbooks,
    nap,
    over,
    script,
    started,
    step,
)

LETTER = [{"Key": "ParameterValues", "Values": ["a"]}]
LIST_ROLES = step("list", "executeAwsApi", Service="iam", Api="ListRoles")


def rate_controlled(runbooks: Runbooks, **more: Any) -> Any:
    """A runbook that fails for the role `nobody`, for each of some targets."""
    declared = {"Role": {"type": "String"}}
    get = step("get", "executeAwsApi", Service="iam", Api="GetRole", RoleName="{{ Role }}")
    ssm = runbooks.client("ssm")
    name = runbooks.document([get], parameters=declared)
    return over(ssm, started(ssm, name, TargetParameterName="Role", **more))


def test_each_target_has_an_execution_of_its_own(runbooks: Runbooks) -> None:
    runbooks.role()
    targets = [{"Key": "ParameterValues", "Values": ["Runbooks", "nobody", "Runbooks"]}]
    parent = rate_controlled(runbooks, Targets=targets, MaxErrors="1", MaxConcurrency="1")
    assert parent["AutomationExecutionStatus"] == "Failed"
    assert parent["ProgressCounters"]["SuccessSteps"] == 2
    ssm = runbooks.client("ssm")
    below = [{"Key": "ParentExecutionId", "Values": [parent["AutomationExecutionId"]]}]
    listed = ssm.describe_automation_executions(Filters=below)["AutomationExecutionMetadataList"]
    assert [(e["Target"], e["AutomationExecutionStatus"]) for e in reversed(listed)] == [
        ("Runbooks", "Success"),
        ("nobody", "Failed"),
        ("Runbooks", "Success"),
    ]
    assert len(ssm.describe_automation_executions()["AutomationExecutionMetadataList"]) == 1


def test_too_many_errors_end_it(runbooks: Runbooks) -> None:
    targets = [{"Key": "ParameterValues", "Values": ["nobody"] * 5}]
    assert rate_controlled(runbooks, Targets=targets)["ProgressCounters"]["FailedSteps"] == 1
    counted = rate_controlled(runbooks, Targets=targets, MaxErrors="40%")["ProgressCounters"]
    assert counted["FailedSteps"] == 3


def test_nodes_are_found_by_tag(runbooks: Runbooks, fleet: dict[str, str]) -> None:
    targets = [{"Key": "tag:Env", "Values": ["prod"]}]
    parent = rate_controlled(runbooks, Targets=targets, MaxErrors="100%")
    wanted = {fleet[name] for name in ("bare", "managed", "shop")}
    assert set(parent["ResolvedTargets"]["ParameterValues"]) == wanted


def test_a_target_map_has_all_parameters_of_its_executions(runbooks: Runbooks) -> None:
    tell = script("tell", "def handler(e, c): return e", InputPayload={"what": "{{ A }}{{ B }}"})
    ssm = runbooks.client("ssm")
    name = runbooks.document([tell], parameters={"A": {"type": "String"}, "B": {"type": "String"}})
    maps = [{"A": ["a", "b"], "B": ["1"]}, {"A": ["c"], "B": ["2"]}]
    parent = over(ssm, started(ssm, name, TargetParameterName="A", TargetMaps=maps))
    assert parent["AutomationExecutionStatus"] == "Success"
    assert parent["ResolvedTargets"]["ParameterValues"] == ["a", "b", "c"]
    here = runbooks.aws.state.automation.at((ACCOUNT, REGION)).values()
    outputs = [json.loads(s.outputs["OutputPayload"][0]) for e in here for s in e.steps]
    assert [each["Payload"]["what"] for each in outputs] == ["a1", "b1", "c2"]


def test_a_value_that_is_not_allowed_is_an_error_of_its_target(runbooks: Runbooks) -> None:
    ssm = runbooks.client("ssm")
    declared = {"Letter": {"type": "String", "allowedPattern": "^a$"}}
    name = runbooks.document([nap("one")], parameters=declared)
    for values, successes in ((["b", "a"], 1), (["a", "b", "a"], 2)):
        targets = [{"Key": "ParameterValues", "Values": values}]
        more = {"TargetParameterName": "Letter", "Targets": targets, "MaxErrors": "100%"}
        counted = over(ssm, started(ssm, name, **more))["ProgressCounters"]
        assert (counted["SuccessSteps"], counted["FailedSteps"]) == (successes, 1)


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"Targets": [{"Key": "Name", "Values": ["x"]}]}, "InvalidTarget"),
        ({"Targets": LETTER, "TargetMaps": [{"Letter": ["a"]}]}, "InvalidTarget"),
        ({"TargetMaps": [{"Sign": ["+"]}]}, "InvalidTarget"),
        ({"TargetMaps": [{"Digit": ["1"]}]}, "InvalidAutomationExecutionParametersException"),
        ({"Targets": LETTER, "TargetParameterName": "Digit"}, "InvalidAutomationExecutionParam"),
    ],
)
def test_rejects_targets_that_are_none(
    given: dict[str, Any], code: str, runbooks: Runbooks
) -> None:
    ssm = runbooks.client("ssm")
    declared = {"Letter": {"type": "String"}, "Sign": {"type": "String", "default": "-"}}
    name = runbooks.document([nap("one")], parameters=declared)
    with pytest.raises(ClientError, match=code):
        started(ssm, name, **{"TargetParameterName": "Letter", **given})


def test_a_role_begins_the_executions_of_its_targets(runbooks: Runbooks) -> None:
    role = runbooks.role("iam:ListRoles")
    start = Start(document_name=runbooks.document([LIST_ROLES], assumeRole=role), target="i-1")
    with pytest.raises(AwsError, match="ssm:StartAutomationExecution"):
        execute(runbooks.aws.state, ACCOUNT, REGION, start)


def test_two_of_the_targets_that_may_run_at_a_time_take_turns_with_their_calls(
    runbooks: Runbooks,
) -> None:
    text = (
        "import boto3\n"
        "def handler(events, context):\n"
        "    for _ in range(2):\n"
        "        boto3.client('iam').list_roles()\n"
    )
    declared = {"Target": {"type": "String"}}
    name = runbooks.document(
        [script("list", text)], parameters=declared, assumeRole=runbooks.role()
    )
    ssm = runbooks.client("ssm")
    targets = [{"Key": "ParameterValues", "Values": ["first", "a", "b"]}]
    over(ssm, started(ssm, name, TargetParameterName="Target", Targets=targets))
    of_target = {
        each.id: each.start.target
        for each in runbooks.aws.state.automation.at((ACCOUNT, REGION)).values()
    }
    callers = [
        of_target[call.principal.rpartition("/Automation-")[2]]
        for call in runbooks.aws.state.calls.calls
        if call.operation == "ListRoles"
    ]
    assert callers == ["first", "first", "a", "b", "a", "b"]


def test_the_time_of_others_is_not_that_of_a_target(runbooks: Runbooks) -> None:
    """One that computes little, beside one that computes for longer than a step may take."""
    text = (
        "import boto3, threading\n"
        "def handler(events, context):\n"
        "    for _ in range(4):\n"
        "        boto3.client('iam').list_roles()\n"
        "        threading.Event().wait(0 if events['Target'] == 'quick' else 0.6)\n"
        "    threading.Event().wait(0.5)\n"
    )
    tag = script("list", text, InputPayload={"Target": "{{ Target }}"}, timeoutSeconds=2)
    declared = {"Target": {"type": "String"}}
    name = runbooks.document([tag], parameters=declared, assumeRole=runbooks.role())
    ssm = runbooks.client("ssm")
    targets = [{"Key": "ParameterValues", "Values": ["quick", "slow", "quick"]}]
    over(ssm, started(ssm, name, TargetParameterName="Target", Targets=targets, MaxErrors="3"))
    executions = runbooks.aws.state.automation.at((ACCOUNT, REGION)).values()
    assert [each.status for each in executions if each.start.target == "quick"] == ["Success"] * 2
