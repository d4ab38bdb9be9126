"""Automation: the API in front of it, and whose permissions an execution has."""

from __future__ import annotations

import json
import time
from typing import Any

import pytest
from botocore.exceptions import ClientError

from modules.local_aws.automation import Start, execute
from modules.local_aws.errors import AwsError
from tests.local_aws.runbooks import (
    ACCOUNT,
    REGION,
    TRUST,
    Runbooks,
    failing,
    nap,
    policy,
    ran,
    script,
    step,
)

NOBODY = "00000000-0000-0000-0000-000000000000"
LIST_ROLES = step("list", "executeAwsApi", Service="iam", Api="ListRoles")


def started(ssm: Any, name: str, **more: Any) -> str:
    """Start an execution; its ID."""
    answer = ssm.start_automation_execution(DocumentName=name, **more)
    return str(answer["AutomationExecutionId"])


def over(ssm: Any, execution_id: str) -> dict[str, Any]:
    """The execution, when it is over."""
    ends = time.monotonic() + 20
    while time.monotonic() < ends:
        answer = ssm.get_automation_execution(AutomationExecutionId=execution_id)
        execution: dict[str, Any] = answer["AutomationExecution"]
        if "ExecutionEndTime" in execution:
            return execution
        time.sleep(0.01)
    raise TimeoutError(execution)


def test_an_execution_is_started_and_looked_at(runbooks: Runbooks) -> None:
    ssm = runbooks.client("ssm")
    declared = {"P": {"type": "String"}, "Q": {"type": "StringList", "default": ["a", "b"]}}
    name = runbooks.document([nap("one", maxAttempts=2), failing("two")], parameters=declared)
    execution = over(ssm, started(ssm, name, Parameters={"P": ["x"]}))
    assert execution["AutomationExecutionStatus"] == "Failed"
    assert execution["Parameters"] == {"P": ["x"], "Q": ["a", "b"]}
    assert execution["ExecutedBy"] == f"arn:aws:iam::{ACCOUNT}:user/administrator"
    assert (execution["CurrentStepName"], execution["CurrentAction"]) == (
        "two",
        "aws:executeAwsApi",
    )
    one, two = execution["StepExecutions"]
    assert (one["StepStatus"], one["MaxAttempts"], one["ValidNextSteps"]) == ("Success", 2, ["two"])
    assert one["Inputs"] == {"Duration": '"PT1S"'}
    assert (two["StepStatus"], two["FailureDetails"]["FailureType"]) == ("Failed", "NoSuchEntity")
    assert two["FailureMessage"] == execution["FailureMessage"]


def test_steps_are_listed_and_filtered(runbooks: Runbooks) -> None:
    ssm = runbooks.client("ssm")
    execution_id = started(ssm, runbooks.document([nap("one"), nap("two"), failing("three")]))
    over(ssm, execution_id)

    def names(**more: Any) -> list[str]:
        answer = ssm.describe_automation_step_executions(AutomationExecutionId=execution_id, **more)
        return [each["StepName"] for each in answer["StepExecutions"]]

    assert names() == ["one", "two", "three"]
    assert names(ReverseOrder=True, MaxResults=1) == ["three"]
    assert names(Filters=[{"Key": "StepExecutionStatus", "Values": ["Failed"]}]) == ["three"]
    assert names(Filters=[{"Key": "Action", "Values": ["aws:sleep"]}]) == ["one", "two"]


def test_executions_are_listed_and_filtered(runbooks: Runbooks) -> None:
    ssm = runbooks.client("ssm")
    first = started(ssm, runbooks.document([nap("one")]))
    second = started(ssm, runbooks.document([failing("one")]))
    for each in (first, second):
        over(ssm, each)

    def found(**more: Any) -> list[str]:
        answer = ssm.describe_automation_executions(**more)
        return [e["AutomationExecutionId"] for e in answer["AutomationExecutionMetadataList"]]

    assert found() == [second, first]
    for key, value in (
        ("ExecutionStatus", "Failed"),
        ("DocumentNamePrefix", "Runbook-1"),
        ("ExecutionId", second),
    ):
        assert found(Filters=[{"Key": key, "Values": [value]}]) == [second]
    with pytest.raises(ClientError, match="InvalidFilterKey"):
        found(Filters=[{"Key": "OpsItemId", "Values": ["x"]}])


def test_a_version_of_the_document_is_chosen(runbooks: Runbooks) -> None:
    ssm = runbooks.client("ssm")
    name = runbooks.document([nap("one")])
    second = content_of([nap("two")])
    ssm.update_document(Name=name, Content=second, DocumentVersion="$LATEST")
    for version, number, ran_step in (
        ("$DEFAULT", "1", "one"),
        ("$LATEST", "2", "two"),
        ("2", "2", "two"),
    ):
        execution = over(ssm, started(ssm, name, DocumentVersion=version))
        assert execution["DocumentVersion"] == number
        assert [step["StepName"] for step in execution["StepExecutions"]] == [ran_step]


def content_of(steps: Any) -> str:
    """The content of a document without a role."""
    return json.dumps({"schemaVersion": "0.3", "mainSteps": steps})


def test_rejects_what_is_not_there(runbooks: Runbooks) -> None:
    ssm = runbooks.client("ssm")
    name = runbooks.document([nap("one")])
    with pytest.raises(ClientError, match="AutomationDefinitionNotFoundException"):
        started(ssm, "Nothing")
    with pytest.raises(ClientError, match="AutomationDefinitionNotFoundException"):
        started(ssm, "AWS-RunPatchBaseline")
    with pytest.raises(ClientError, match="AutomationDefinitionVersionNotFoundException"):
        started(ssm, name, DocumentVersion="7")
    with pytest.raises(ClientError, match="InvalidAutomationExecutionParametersException"):
        started(ssm, name, Parameters={"P": ["x"]})
    for call in (ssm.get_automation_execution, ssm.stop_automation_execution):
        with pytest.raises(ClientError, match="AutomationExecutionNotFoundException"):
            call(AutomationExecutionId=NOBODY)


def waiting(runbooks: Runbooks, *steps: Any, **more: Any) -> tuple[Any, str]:
    """An execution that really waits, so that it can be stopped."""
    runbooks.aws.state.switches.automations_wait_really = True
    ssm = runbooks.client("ssm")
    execution_id = started(ssm, runbooks.document([nap("hour", 3600, **more), *steps]))
    here = runbooks.aws.state.automation.at((ACCOUNT, REGION))
    while not here[execution_id].steps:
        time.sleep(0.01)
    return ssm, execution_id


def test_an_execution_is_stopped(runbooks: Runbooks) -> None:
    ssm, execution_id = waiting(runbooks, nap("after"))
    ssm.stop_automation_execution(AutomationExecutionId=execution_id)
    execution = over(ssm, execution_id)
    assert execution["AutomationExecutionStatus"] == "Cancelled"
    assert [s["StepStatus"] for s in execution["StepExecutions"]] == ["Cancelled"]
    with pytest.raises(ClientError, match="InvalidAutomationStatusUpdateException"):
        ssm.stop_automation_execution(AutomationExecutionId=execution_id)


def test_a_stopped_step_can_clean_up(runbooks: Runbooks) -> None:
    cleaner = step("clean", "executeAwsApi", Service="iam", Api="ListRoles", isEnd=True)
    ssm, execution_id = waiting(runbooks, nap("after"), cleaner, onCancel="step:clean")
    ssm.stop_automation_execution(AutomationExecutionId=execution_id)
    execution = over(ssm, execution_id)
    assert execution["AutomationExecutionStatus"] == "Cancelled"
    assert [s["StepName"] for s in execution["StepExecutions"]] == ["hour", "clean"]


def test_a_script_is_stopped(runbooks: Runbooks) -> None:
    ssm = runbooks.client("ssm")
    name = runbooks.document([script("spin", "def handler(e, c):\n    while True: pass\n")])
    execution_id = started(ssm, name)
    ssm.stop_automation_execution(AutomationExecutionId=execution_id)
    assert over(ssm, execution_id)["AutomationExecutionStatus"] == "Cancelled"


def test_complete_lets_the_step_end(runbooks: Runbooks) -> None:
    ssm, execution_id = waiting(runbooks, nap("after"))
    ssm.stop_automation_execution(AutomationExecutionId=execution_id, Type="Complete")
    execution = over(ssm, execution_id)
    assert execution["AutomationExecutionStatus"] == "Success"
    assert [s["StepStatus"] for s in execution["StepExecutions"]] == ["Success"]


def test_a_step_may_do_what_its_role_may(runbooks: Runbooks) -> None:
    role = runbooks.role("iam:ListRoles")
    users = step("users", "executeAwsApi", Service="iam", Api="ListUsers")
    execution = runbooks.run([LIST_ROLES, users], assumeRole=role)
    assert [s.status for s in execution.steps] == ["Success", "Failed"]
    assert "iam:ListUsers" in execution.failure_message
    assert execution.steps[1].failure_type == "AccessDenied"


@pytest.mark.parametrize(
    "trust",
    [
        {**TRUST, "Principal": {"Service": "ec2.amazonaws.com"}},
        {**TRUST, "Condition": {"StringEquals": {"aws:SourceAccount": "111122223333"}}},
        {
            **TRUST,
            "Condition": {
                "ArnLike": {"aws:SourceArn": f"arn:aws:ssm:eu-west-1:{ACCOUNT}:automation-*"}
            },
        },
    ],
)
def test_rejects_a_role_that_does_not_trust_this_execution(runbooks: Runbooks, trust: Any) -> None:
    role = runbooks.role(trust=trust)
    with pytest.raises(AwsError, match="unable to be assumed"):
        runbooks.run([LIST_ROLES], assumeRole=role)


def test_without_a_role_the_callers_permissions_count(
    runbooks: Runbooks, keys_of_role: Any
) -> None:
    trust = {"Effect": "Allow", "Principal": {"AWS": ACCOUNT}, "Action": "sts:AssumeRole"}
    role = runbooks.role("ssm:*", trust=trust)
    caller = runbooks.client("ssm", **keys_of_role(role))
    execution = over(caller, started(caller, runbooks.document([LIST_ROLES])))
    assert "iam:ListRoles" in execution["FailureMessage"]


def test_a_runbook_is_executed_with_the_permissions_that_this_takes(runbooks: Runbooks) -> None:
    child = runbooks.document([LIST_ROLES])
    call = step("call", "executeAutomation", DocumentName=child)
    role = runbooks.role("ssm:StartAutomationExecution")
    execution = runbooks.run([call], assumeRole=role)
    assert "ssm:GetAutomationExecution" in execution.failure_message
    other = f"arn:aws:ssm:{REGION}:{ACCOUNT}:automation-definition/Other:*"
    statement = {"Effect": "Allow", "Action": "ssm:*", "Resource": other}
    runbooks.client("iam").put_role_policy(
        RoleName="Runbooks", PolicyName="Permissions", PolicyDocument=policy(statement)
    )
    refused = runbooks.run([call], assumeRole=role)
    assert f"automation-definition/{child}:$DEFAULT" in refused.failure_message


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


def test_a_role_begins_the_executions_of_its_targets(runbooks: Runbooks) -> None:
    role = runbooks.role("iam:ListRoles")
    start = Start(document_name=runbooks.document([LIST_ROLES], assumeRole=role), target="i-1")
    with pytest.raises(AwsError, match="ssm:StartAutomationExecution"):
        execute(runbooks.aws.state, ACCOUNT, REGION, start)


def test_an_execution_belongs_to_what_started_it(runbooks: Runbooks) -> None:
    name = runbooks.document([nap("one")])
    start = Start(document_name=name, association_id="a-1", executed_by="State Manager")
    execution = execute(runbooks.aws.state, ACCOUNT, REGION, start)
    assert ran(execution) == ["one"]
    described = runbooks.client("ssm").get_automation_execution(AutomationExecutionId=execution.id)
    assert described["AutomationExecution"]["AssociationId"] == "a-1"
    assert described["AutomationExecution"]["ExecutedBy"] == "State Manager"


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
