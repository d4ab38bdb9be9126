"""Steps that call an AWS API: service, operation, parameters, and what is selected of the answer.

https://docs.aws.amazon.com/systems-manager/latest/userguide/automation-action-executeAwsApi.html
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator

from botocore.model import OperationModel

from modules.document_checks.api_values import check_value
from modules.document_checks.document import Document, Path, Step
from modules.document_checks.response_checks import (
    check_outputs,
    check_property,
    texts_without_type,
)
from modules.document_checks.service_models import operation_model, operations, services
from modules.policy.problems import Finding, quote

ACTIONS = frozenset(
    {"aws:executeAwsApi", "aws:assertAwsResourceProperty", "aws:waitForAwsResourceProperty"}
)
_OWN_INPUTS = frozenset({"Service", "Api"})
_PROPERTY_INPUTS = frozenset({"PropertySelector", "DesiredValues"})


def check_api_calls(document: Document) -> Iterator[Finding]:
    """All that is wrong with the calls of a document."""
    for step in document.steps:
        if step.action in ACTIONS:
            yield from _check_call(step, document)


def text_outputs(document: Document) -> Iterator[Path]:
    """The places of the outputs of calls that are text without saying so."""
    for step in document.steps:
        service = step.inputs["Service"].lower() if step.action in ACTIONS else ""
        operation = operation_model(service, step.inputs["Api"]) if service in services() else None
        if operation is not None:
            yield from texts_without_type(step, operation)


def _check_call(step: Step, document: Document) -> Iterator[Finding]:
    service, api = step.inputs["Service"].lower(), step.inputs["Api"]
    if service not in services():
        message = f"found {quote(step.inputs['Service'])}; expected a service's name in boto3"
        path = (*step.path, "inputs", "Service")
        yield Finding(path, message + _nearest(service, services()), "unknown-service")
        return
    operation = operation_model(service, api)
    path = (*step.path, "inputs", "Api")
    if operation is None:
        message = f"found {quote(api)}; expected an operation of {service}"
        yield Finding(path, message + _nearest(api, operations(service)), "unknown-api")
        return
    if _streams(operation):
        message = f"found {quote(api)}, which streams its answer; expected another operation"
        yield Finding(path, message, "streaming-api")
        return
    yield from _check_parameters(step, operation, document)
    yield from check_outputs(step, operation)
    if step.action != "aws:executeAwsApi":
        yield from check_property(step, operation)


def _streams(operation: OperationModel) -> bool:
    """botocore streams what Lambda's Invoke answers, too; for other SDKs it is plain bytes."""
    is_invocation = (operation.service_model.service_name, operation.name) == ("lambda", "Invoke")
    streams: bool = operation.has_streaming_output or operation.has_event_stream_output
    return streams and not is_invocation


def _nearest(name: str, known: Iterable[str]) -> str:
    near = difflib.get_close_matches(name, known, n=1)
    return f", such as {near[0]}" if near else ""


def _check_parameters(
    step: Step, operation: OperationModel, document: Document
) -> Iterator[Finding]:
    own = _OWN_INPUTS if step.action == "aws:executeAwsApi" else _OWN_INPUTS | _PROPERTY_INPUTS
    given = {key: value for key, value in step.inputs.items() if key not in own}
    path = (*step.path, "inputs")
    if operation.input_shape is None:
        for key in given:
            message = f"found a parameter of {operation.name}; expected none, as it takes none"
            yield Finding((*path, key), message, "unknown-api-parameter")
        return
    yield from check_value(given, operation.input_shape, path, document)
