"""Find `{{ references }}` in a document, and say what each of them stands for.

Sources: https://docs.aws.amazon.com/systems-manager/latest/userguide/automation-variables.html,
automation-action-outputs-inputs.html, automation-action-loop.html, and for the outputs of an action
the page of that action.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from modules.document_checks.document import Document, Path, Step
from modules.document_checks.types import (
    BOOLEAN,
    INTEGER,
    STRING,
    STRING_LIST,
    STRING_MAP,
    plain_type,
)

# What stands between braces and has another form belongs to another language: a template of
# Docker's or Go's in a command.
REFERENCE = re.compile(
    r"\{\{\s*([A-Za-z0-9_][A-Za-z0-9_.-]*+(?:\s*+:\s*+[A-Za-z0-9_./-]++)?)\s*+\}\}"
)

# What a build fills in before it deploys the document: %%ROLE=name%%, ${role}.
FILLED_IN = r"%%[^%\n]+%%|\$\{[^}\n]+\}"

# A text that is not known yet: the run or the build puts a part of it in.
UNKNOWN_YET = re.compile(rf"\{{\{{|{FILLED_IN}")

# Braces around nothing or around words are meant as a reference, where nothing else is there.
_MALFORMED = re.compile(r"\{\{([A-Za-z0-9_.: -]*+)\}\}")

GLOBALS = frozenset({"ACCOUNT_ID", "AWS_PARTITION", "DATE", "DATE_TIME", "REGION"})
AUTOMATION = frozenset({"EXECUTION_ID"})
PARAMETER_STORE = frozenset({"ssm", "ssm-secure"})
ITERATOR = "CurrentIteratorValue"
ITERATION = "CurrentIteration"

# What every step has, and what AWS documents of single actions. None: of no one type.
COMMON_OUTPUTS: Mapping[str, str | None] = MappingProxyType({"OutputPayload": None})
ACTION_OUTPUTS: Mapping[str, Mapping[str, str | None]] = MappingProxyType(
    {
        "aws:approve": {"ApprovalStatus": STRING, "ApproverDecisions": None},
        "aws:changeInstanceState": {"InstanceStates": STRING_LIST},
        "aws:copyImage": {"ImageId": STRING, "ImageState": STRING},
        "aws:createImage": {"ImageId": STRING, "ImageState": STRING},
        "aws:createStack": {
            "StackId": STRING,
            "StackStatus": STRING,
            "StackStatusReason": STRING,
        },
        "aws:executeAutomation": {"Output": None, "ExecutionId": STRING, "Status": STRING},
        "aws:executeScript": {"Payload": None},
        "aws:executeStateMachine": {
            "executionArn": STRING,
            "input": STRING,
            "name": STRING,
            "output": STRING,
            "startDate": STRING,
            "stateMachineArn": STRING,
            "status": STRING,
            "stopDate": STRING,
        },
        "aws:invokeLambdaFunction": {
            "StatusCode": None,
            "FunctionError": STRING,
            "LogResult": STRING,
            "Payload": None,
        },
        "aws:invokeWebhook": {"Response": None, "ResponseCode": None},
        "aws:runCommand": {
            "CommandId": STRING,
            "Status": STRING,
            "ResponseCode": None,
            "Output": STRING,
        },
        # A list, which AWS's own runbooks also put where one ID belongs (AWS-UpdateLinuxAmi).
        "aws:runInstances": {"InstanceIds": None, "InstanceStates": None},
    }
)


@dataclass(frozen=True)
class Reference:
    """A reference in a text: its name, the place of the text, and whether it is all of it."""

    name: str
    path: Path
    is_whole: bool


@dataclass(frozen=True)
class Meaning:
    """What a reference stands for: its type, where known, and the step that has to run before."""

    type: str | None
    step: Step | None = None
    is_iterator: bool = False


def references_in(value: object, path: Path) -> Iterator[Reference]:
    """Every reference in the texts of a value, in order."""
    if isinstance(value, str):
        malformed = _MALFORMED.fullmatch(value.strip())
        if malformed and not REFERENCE.search(value):
            yield Reference(malformed[1].strip(), path, True)
        for match in REFERENCE.finditer(value):
            is_whole = match.span() == (0, len(value)) or match.group() == value.strip()
            yield Reference(match[1], path, is_whole)
    elif isinstance(value, dict):
        for key, item in value.items():
            yield from references_in(item, (*path, key))
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from references_in(item, (*path, index))


def whole_reference(value: object) -> str | None:
    """The name of the reference that is all of a text."""
    match = REFERENCE.fullmatch(value.strip()) if isinstance(value, str) else None
    return match[1] if match else None


def type_of_reference(value: object, document: Document) -> str | None:
    """The type of a reference, where the value is one and its type is known."""
    name = whole_reference(value)
    meaning = meaning_of(name, document) if name else None
    return meaning.type if meaning else None


def meaning_of(name: str, document: Document) -> Meaning | None:
    """What a name stands for in a document, or None where it stands for nothing."""
    prefix, colon, rest = (part.strip() for part in name.partition(":"))
    if colon:
        return _in_namespace(prefix, rest, document)
    if name in document.parameters:
        return Meaning(plain_type(document.parameters[name].get("type")))
    step_name, dot, output = name.partition(".")
    if step_name == "variable" and output in document.variables:
        return Meaning(document.variables[output]["type"])
    step = document.step_by_name.get(step_name) if dot else None
    return _output(step, output, document) if step else None


def _in_namespace(prefix: str, name: str, document: Document) -> Meaning | None:
    known: Mapping[str, Any] = {
        "global": dict.fromkeys(GLOBALS, STRING),
        "automation": dict.fromkeys(AUTOMATION, STRING),
        "variable": {key: plain_type(each["type"]) for key, each in document.variables.items()},
    }
    names = known.get(prefix, {})
    return Meaning(names[name]) if name in names else None


def _output(step: Step, output: str, document: Document) -> Meaning | None:
    declared = _declared(step, document)
    if output in declared:
        return Meaning(declared[output], step)
    if step.action == "aws:loop":
        return _loop_value(step, output)
    implied = {**COMMON_OUTPUTS, **ACTION_OUTPUTS.get(step.action, {})}
    if output in implied:
        return Meaning(implied[output], step)
    # A value inside of an output that is no text.
    first = output.partition(".")[0]
    outer = declared.get(first, implied.get(first, STRING))
    is_inside = "." in output and outer not in (STRING, INTEGER, BOOLEAN)
    return Meaning(None, step) if is_inside else None


def _declared(step: Step, document: Document) -> dict[str, str | None]:
    """The types of the declared outputs; where two have one name, of the first."""
    types: dict[str, str | None] = {}
    for index, output in enumerate(step.outputs):
        place = (*step.path, "outputs", index)
        declared = output.get("Type", STRING if place in document.texts else None)
        types.setdefault(output["Name"], None if place in document.doubtful else declared)
    return types


def _loop_value(step: Step, output: str) -> Meaning | None:
    """What a loop has in its own steps; the value only where it has iterators."""
    if output == ITERATION:
        return Meaning(INTEGER, step, is_iterator=True)
    if "Iterators" not in step.inputs:
        return None
    first = output.partition(".")[0]
    kind = step.inputs.get("IteratorDataType", STRING)
    is_value = output == ITERATOR or (first == ITERATOR and kind == STRING_MAP)
    return Meaning(kind if output == ITERATOR else None, step, True) if is_value else None
