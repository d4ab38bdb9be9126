"""Executions, from the request to the result.

Source: API reference of StartAutomationExecution.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING, Any

from modules.local_aws import moto_backends
from modules.local_aws.automation.assume import acting_principal
from modules.local_aws.automation.clock import Clock
from modules.local_aws.automation.executions import (
    FAILED,
    AutomationExecution,
    Place,
    Start,
)
from modules.local_aws.automation.flow import final_status, follow
from modules.local_aws.automation.parameters import as_lists, bind
from modules.local_aws.automation.references import UnresolvedError, as_texts, name_of
from modules.local_aws.automation.run import Run
from modules.local_aws.automation.step_failures import StepError, UnsupportedActionError
from modules.local_aws.aws_documents import Document
from modules.local_aws.documents import find_document
from modules.local_aws.errors import AwsError
from modules.local_aws.principals import Principal
from modules.policy.problems import render_path
from modules.quick_setup.documents.checks import SCHEMA_FILE, wrong_form

if TYPE_CHECKING:
    from modules.local_aws.state import State

# What AWS shows instead of an output that there is not, as in executions that people publish.
NO_OUTPUT = "No output available yet because the step is not successfully executed"


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
        later = start.parameters_of_targets
        declared = {k: v for k, v in document.parameters.items() if k not in later}
        parameters = {k: v for k, v in start.parameters.items() if k not in later}
        bound = bind(declared, parameters, partial(_stored, state, place))
        execution = AutomationExecution(
            start=start,
            place=place,
            document_name=document.name,
            document_version=document.version,
            parameters=as_lists(declared, parameters),
            started=start.started or state.now(),
        )
        principal, has_role = acting_principal(state, execution, document, bound)
        state.automation.add(execution)
    return Prepared(
        execution=execution,
        document=document,
        bound=bound,
        principal=principal,
        has_role=has_role,
    )


def carry_out(state: State, prepared: Prepared, *, clock: Clock | None = None) -> None:
    """Run a prepared execution to its end.

    A runbook whose form is wrong may end anywhere: AWS would not have taken it, and moto has. Any
    other error is a mistake, and raised, but ends the execution too, as Ctrl-C does: somebody may
    wait for its end.
    """
    execution = prepared.execution
    try:
        _carry_out(state, prepared, clock)
    except Exception as error:
        wrong = _what_is_wrong(prepared.document)
        _fail(execution, wrong or f"A mistake of the embedded AWS: {error!r}", state.now())
        if not wrong:
            raise
    except BaseException:
        _fail(execution, "The embedded AWS was interrupted.", state.now())
        raise


def _fail(execution: AutomationExecution, reason: str, now: datetime) -> None:
    """End an execution in the middle, and the step that is under way."""
    execution.failure_message = reason
    execution.status, execution.ended = FAILED, now
    if execution.current and not execution.current.ended:
        execution.current.status, execution.current.ended = FAILED, now


def _what_is_wrong(document: Document) -> str:
    """The first that the schema finds wrong with a runbook's form, if anything."""
    for problem in wrong_form(dict(document.content), SCHEMA_FILE):
        return f"{document.name}: {render_path(problem.path)}: {problem.message}"
    return ""


def _carry_out(state: State, prepared: Prepared, clock: Clock | None) -> None:
    execution = prepared.execution
    run = Run(
        state=state,
        execution=execution,
        document=prepared.document,
        clock=clock or Clock(execution.started),
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
