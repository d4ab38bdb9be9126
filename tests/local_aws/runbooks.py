"""Runs runbooks in the embedded AWS, for tests: a document, a role, an execution."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from modules.local_aws import LocalAws
from modules.local_aws.automation import AutomationExecution, Start, execute

ACCOUNT = "123456789012"
REGION = "us-east-1"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/Runbooks"
Step = dict[str, Any]

TRUST: dict[str, Any] = {
    "Effect": "Allow",
    "Principal": {"Service": "ssm.amazonaws.com"},
    "Action": "sts:AssumeRole",
    "Condition": {
        "StringEquals": {"aws:SourceAccount": ACCOUNT},
        "ArnLike": {"aws:SourceArn": f"arn:aws:ssm:{REGION}:{ACCOUNT}:automation-execution/*"},
    },
}


def policy(*statements: Mapping[str, Any]) -> str:
    """Statements as a policy document."""
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


@dataclass
class Runbooks:
    """Documents and executions of one account, and the role that they work as."""

    aws: LocalAws
    client: Any
    made: list[str] = field(default_factory=list)

    def role(self, *actions: str, trust: Mapping[str, Any] = TRUST) -> str:
        """A role that may do these actions, by default everything."""
        iam = self.client("iam")
        iam.create_role(RoleName="Runbooks", AssumeRolePolicyDocument=policy(trust))
        allowed = {"Effect": "Allow", "Action": list(actions) or "*", "Resource": "*"}
        iam.put_role_policy(
            RoleName="Runbooks", PolicyName="Permissions", PolicyDocument=policy(allowed)
        )
        return ROLE

    def document(self, steps: Sequence[Step], **content: Any) -> str:
        """Create a document; its name."""
        name = f"Runbook-{len(self.made)}"
        self.made.append(name)
        whole = {"schemaVersion": "0.3", "mainSteps": list(steps), **content}
        self.client("ssm").create_document(
            Name=name, DocumentType="Automation", Content=json.dumps(whole)
        )
        return name

    def run(
        self,
        steps: Sequence[Step],
        *,
        given: Mapping[str, Sequence[str]] | None = None,
        **more: Any,
    ) -> AutomationExecution:
        """Create a document and execute it."""
        start = Start(document_name=self.document(steps, **more), parameters=given or {})
        return execute(self.aws.state, ACCOUNT, REGION, start)


def step(name: str, action: str, /, **more: Any) -> Step:
    """A step. Inputs are what begins with a capital letter; the rest are the step's own keys."""
    inputs = {key: value for key, value in more.items() if key[:1].isupper()}
    own = {key: value for key, value in more.items() if not key[:1].isupper()}
    return {"name": name, "action": f"aws:{action}", "inputs": inputs, **own}


def nap(name: str, seconds: int = 1, **more: Any) -> Step:
    """A step that succeeds."""
    return step(name, "sleep", Duration=f"PT{seconds}S", **more)


def failing(name: str, **more: Any) -> Step:
    """A step that fails: there is no such role."""
    return step(name, "executeAwsApi", Service="iam", Api="GetRole", RoleName="nobody", **more)


def branch(name: str, *choices: Step, default: str | None = None, **more: Any) -> Step:
    """A branch."""
    defaults = {"Default": default} if default else {}
    return step(name, "branch", Choices=list(choices), **defaults, **more)


def script(name: str, body: str, /, **more: Any) -> Step:
    """A step with a Python script, whose function is `handler`."""
    given = {"Runtime": "python3.11", "Handler": "handler", "Script": body, **more}
    return step(name, "executeScript", **given)


def ran(execution: AutomationExecution) -> list[str]:
    """The names of the steps that were reached."""
    return [each.name for each in execution.steps]


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
