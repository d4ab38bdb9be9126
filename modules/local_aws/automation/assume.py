"""Whose permissions an execution works with.

Source: "Running automations using an IAM service role" in the Systems Manager User Guide.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from modules.local_aws.automation.executions import AutomationExecution
from modules.local_aws.automation.references import resolve
from modules.local_aws.aws_documents import Document
from modules.local_aws.errors import AwsError
from modules.local_aws.permissions import Need, may
from modules.local_aws.principals import Principal, administrator
from modules.local_aws.roles import assume_for_service

if TYPE_CHECKING:
    from modules.local_aws.state import State

SERVICE = "ssm.amazonaws.com"


def acting_principal(
    state: State, execution: AutomationExecution, document: Document, bound: Mapping[str, Any]
) -> tuple[Principal, bool]:
    """Whose permissions the steps have; without a role, those of whoever starts the execution."""
    account = execution.place[0]
    role_arn = str(_role(execution, document, bound))
    if not role_arn:
        return execution.start.caller or administrator(account), False
    principal = None
    if role_arn.startswith("arn:"):
        principal = assume_for_service(
            state,
            role_arn,
            SERVICE,
            session=f"Automation-{execution.id}",
            source_arn=execution.arn,
        )
    if principal is None:
        raise AwsError(
            "InvalidAutomationExecutionParametersException",
            f"The defined assume role is unable to be assumed: {role_arn}",
        )
    if execution.start.target is not None:
        _check_child(state, execution, principal)
    return principal, True


def _role(execution: AutomationExecution, document: Document, bound: Mapping[str, Any]) -> object:
    """The role's ARN. What a parameter holds may have system variables too, as in the guide's
    `AutomationAssumeRole='arn:aws:iam::{{global:ACCOUNT_ID}}:role/AutomationServiceRole'`."""
    variables = document.content.get("variables") or {}
    known = {**bound, **execution.system_variables(execution.started)}

    def find(name: str) -> object:
        if name in known:
            return known[name]
        declared = variables.get(name.removeprefix("variable:"), {})
        if "default" not in declared:
            raise AwsError(
                "InvalidAutomationExecutionParametersException",
                f"The assume role names {name}, which the document does not declare.",
            )
        return declared["default"]

    return resolve(resolve(document.content.get("assumeRole") or "", find), find)


def _check_child(state: State, execution: AutomationExecution, principal: Principal) -> None:
    """An execution for one target is begun by the role that it runs as.

    As whom AWS begins it is not documented; Quick Setup's role may do it, which points to the role.
    """
    account, region = execution.place
    name = execution.document_name
    definition = f"arn:aws:ssm:{region}:{account}:automation-definition/{name}:$DEFAULT"
    need = Need(action="ssm:StartAutomationExecution", resource=definition)
    if not may(state, principal, need, region):
        raise AwsError(
            "AccessDeniedException",
            f"User: {principal.arn} is not authorized to perform: {need.action} on resource: "
            f"{need.resource}",
        )
