"""Automation: the API in front of it, and whose permissions an execution has."""

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
    TRUST,
    Runbooks,
    failing,
    nap,
    over,
    policy,
    ran,
    started,
    step,
)

NOBODY = "00000000-0000-0000-0000-000000000000"
LIST_ROLES = step("list", "executeAwsApi", Service="iam", Api="ListRoles")


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
    tags = [{"Key": "Team", "Value": "blue"}]
    second = started(ssm, runbooks.document([failing("one")]), Tags=tags)
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
        ("TagKey", "Team"),
    ):
        assert found(Filters=[{"Key": key, "Values": [value]}]) == [second]
    for key in ("OpsItemId", "AutomationSubtype", "TargetResourceGroup"):
        assert found(Filters=[{"Key": key, "Values": ["ChangeRequest"]}]) == []
    named = {"ResourceType": "Automation", "ResourceId": second}
    assert ssm.list_tags_for_resource(**named)["TagList"] == tags


@pytest.mark.parametrize("zone", ["", "Z", "+09:00"])
def test_a_time_in_a_filter_is_in_utc_unless_it_says_otherwise(
    zone: str, runbooks: Runbooks
) -> None:
    ssm = runbooks.client("ssm")
    each = {"AutomationExecutionId": started(ssm, runbooks.document([nap("one")]))}
    over(ssm, each["AutomationExecutionId"])
    for key, year, count in (("After", 2020, 1), ("After", 2100, 0), ("Before", 2100, 1)):
        given = [{"Key": f"StartTime{key}", "Values": [f"{year}-01-01T00:00:00{zone}"]}]
        listed = ssm.describe_automation_executions(Filters=given)
        assert len(listed["AutomationExecutionMetadataList"]) == count
        steps = ssm.describe_automation_step_executions(**each, Filters=given)
        assert len(steps["StepExecutions"]) == count
    for call, more in (
        (ssm.describe_automation_executions, {}),
        (ssm.describe_automation_step_executions, each),
    ):
        with pytest.raises(ClientError, match="InvalidFilterValue"):
            call(**more, Filters=[{"Key": "StartTimeAfter", "Values": ["noon"]}])


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


def test_an_execution_belongs_to_what_started_it(runbooks: Runbooks) -> None:
    name = runbooks.document([nap("one")])
    start = Start(document_name=name, association_id="a-1", executed_by="State Manager")
    execution = execute(runbooks.aws.state, ACCOUNT, REGION, start)
    assert ran(execution) == ["one"]
    described = runbooks.client("ssm").get_automation_execution(AutomationExecutionId=execution.id)
    assert described["AutomationExecution"]["AssociationId"] == "a-1"
    assert described["AutomationExecution"]["ExecutedBy"] == "State Manager"
