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


def test_an_interactive_execution_is_refused_by_name(runbooks: Runbooks) -> None:
    name = runbooks.document([nap("one")])
    with pytest.raises(ClientError, match="NotImplemented"):
        started(runbooks.client("ssm"), name, Mode="Interactive")


def test_a_token_starts_one_execution(runbooks: Runbooks) -> None:
    ssm = runbooks.client("ssm")
    name = runbooks.document([nap("one")], parameters={"P": {"type": "String"}})
    token = "0123ABCD-0123-4567-89AB-0123456789AB"
    given: dict[str, Any] = {"Parameters": {"P": ["x"]}, "ClientToken": token}
    first = started(ssm, name, **given)
    assert started(ssm, name, **{**given, "ClientToken": token.lower()}) == first
    assert len(runbooks.aws.state.automation.at((ACCOUNT, REGION))) == 1
    with pytest.raises(ClientError, match="IdempotentParameterMismatch"):
        started(ssm, name, **{**given, "Parameters": {"P": ["y"]}})
    assert started(ssm, name, Parameters={"P": ["x"]}) != first


def test_an_execution_belongs_to_what_started_it(runbooks: Runbooks) -> None:
    name = runbooks.document([nap("one")])
    start = Start(document_name=name, association_id="a-1", executed_by="State Manager")
    execution = execute(runbooks.aws.state, ACCOUNT, REGION, start)
    assert ran(execution) == ["one"]
    described = runbooks.client("ssm").get_automation_execution(AutomationExecutionId=execution.id)
    assert described["AutomationExecution"]["AssociationId"] == "a-1"
    assert described["AutomationExecution"]["ExecutedBy"] == "State Manager"
