"""Executions, from the request to the result.

Sources: API reference of StartAutomationExecution; "Running automations using an IAM service role".
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from modules.local_aws import moto_backends
from modules.local_aws.automation.clock import Clock
from modules.local_aws.automation.executions import (
    FAILED,
    AutomationExecution,
    Place,
    Start,
)
from modules.local_aws.automation.flow import final_status, follow
from modules.local_aws.automation.parameters import as_lists, bind
from modules.local_aws.automation.references import UnresolvedError, as_texts, name_of, resolve
from modules.local_aws.automation.run import Run
from modules.local_aws.automation.step_failures import StepError, UnsupportedActionError
from modules.local_aws.aws_documents import Document
from modules.local_aws.documents import find_document
from modules.local_aws.errors import AwsError
from modules.local_aws.permissions import Need, may
from modules.local_aws.principals import Principal, administrator
from modules.local_aws.roles import assume_for_service

if TYPE_CHECKING:
    from modules.local_aws.state import State

SERVICE = "ssm.amazonaws.com"

# "No output available yet because the step is not successfully executed": the idea, in our words.
NO_OUTPUT = "No output: the step was not run, or did not succeed."


@dataclass(frozen=True, kw_only=True)
class Prepared:
    """An execution that is accepted and on record, but has not begun."""

    execution: AutomationExecution
    document: Document
    bound: Mapping[str, Any]
    principal: Principal
    has_role: bool


def execute(state: State, account: str, region: str, start: Start) -> AutomationExecution:
    """Run an execution to its end in this thread; it is in the state, and so in the API's answers.

    What goes wrong in the runbook is the execution's result. A bad request raises the API's
    AwsError, an assume role that cannot be assumed among them. `state.lock` must not be held: a
    Lambda function that a step invokes calls back.
    """
    prepared = prepare(state, (account, region), start)
    carry_out(state, prepared)
    return prepared.execution


def prepare(state: State, place: Place, start: Start) -> Prepared:
    """Check a request and put the execution on record. Raises the API's AwsError."""
    with state.lock:
        document = find_runbook(state, place, start)
        parameters = dict(start.parameters)
        bound = bind(document.parameters, parameters, partial(_stored, state, place))
        execution = AutomationExecution(
            start=start,
            place=place,
            document_name=document.name,
            document_version=document.version,
            parameters=as_lists(document.parameters, parameters),
            started=start.started or state.now(),
        )
        principal, has_role = _principal(state, execution, document, bound)
        state.automation.add(execution)
    return Prepared(
        execution=execution,
        document=document,
        bound=bound,
        principal=principal,
        has_role=has_role,
    )


def carry_out(state: State, prepared: Prepared, *, clock: Clock | None = None) -> None:
    """Run a prepared execution to its end."""
    execution = prepared.execution
    real = execution.stop if state.switches.automations_wait_really else None
    run = Run(
        state=state,
        execution=execution,
        document=prepared.document,
        clock=clock or Clock(execution.started, stop=real),
        principal=prepared.principal,
        has_role=prepared.has_role,
        parameters=prepared.bound,
        follow_steps=follow,
    )
    try:
        status = final_status(run, follow(run, prepared.document.content["mainSteps"]))
    except (StepError, UnsupportedActionError) as error:
        status, execution.failure_message = FAILED, str(error)
    execution.outputs = _outputs(run)
    execution.status = status
    execution.ended = run.clock.now()


def _stored(state: State, place: Place, name: str) -> str:
    """The value of a parameter in Parameter Store, which a default may name: `{{ ssm:name }}`."""
    try:
        return str(moto_backends.ssm(place).get_parameter(name).value)
    except AttributeError:
        raise AwsError(
            "InvalidAutomationExecutionParametersException",
            f"There is no parameter {name} in Parameter Store, which a default names.",
        ) from None


def find_runbook(state: State, place: Place, start: Start) -> Document:
    """The document; errors by the names that StartAutomationExecution has for them."""
    try:
        document = find_document(state, place, start.document_name, start.document_version)
    except AwsError as error:
        codes = {
            "InvalidDocument": "AutomationDefinitionNotFoundException",
            "InvalidDocumentVersion": "AutomationDefinitionVersionNotFoundException",
        }
        raise AwsError(codes.get(error.code, error.code), error.message) from error
    if not document.is_automation:
        raise AwsError(
            "AutomationDefinitionNotFoundException",
            f"{document.name} is a document of type {document.type}, not an Automation runbook.",
        )
    return document


def _principal(
    state: State, execution: AutomationExecution, document: Document, bound: Mapping[str, Any]
) -> tuple[Principal, bool]:
    """Whose permissions the steps have; without a role, those of whoever starts the execution."""
    account = execution.place[0]
    role_arn = str(_role(document, bound))
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


def _role(document: Document, bound: Mapping[str, Any]) -> object:
    variables = document.content.get("variables") or {}

    def find(name: str) -> object:
        if name in bound:
            return bound[name]
        declared = variables.get(name.removeprefix("variable:"), {})
        if "default" not in declared:
            raise AwsError(
                "InvalidAutomationExecutionParametersException",
                f"The assume role names {name}, which the document does not declare.",
            )
        return declared["default"]

    return resolve(document.content.get("assumeRole") or "", find)


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


def _outputs(run: Run) -> dict[str, list[str]]:
    """The document's outputs, by the names that the API gives them."""
    outputs = {}
    for declared in run.document.content.get("outputs") or ():
        name = name_of(declared) or str(declared)
        try:
            outputs[name] = as_texts(run.names.find(name))
        except UnresolvedError:
            outputs[name] = [NO_OUTPUT]
    return outputs
