"""References whose type does not fit the action that takes them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from modules.document_checks.document import Document, Path, Step
from modules.document_checks.iterators import check_iterators
from modules.document_checks.references import type_of_reference, whole_reference
from modules.document_checks.types import (
    BOOLEAN,
    INTEGER,
    MAP_LIST,
    STRING,
    STRING_LIST,
    plain_type,
    type_of,
)
from modules.policy.problems import Finding, choices, describe

_COMPARED = {
    "Numeric": frozenset({INTEGER, STRING}),
    "Boolean": frozenset({BOOLEAN, STRING}),
}


def check_types(document: Document) -> Iterator[Finding]:
    """All references of a wrong type in conditions, loops, variables and for a role."""
    yield from _role(document)
    for step in document.steps:
        path = (*step.path, "inputs")
        if step.action == "aws:branch":
            for index, choice in enumerate(step.inputs["Choices"]):
                yield from _condition(choice, (*path, "Choices", index), document)
        elif step.action == "aws:loop":
            yield from check_iterators(step, document)
            yield from _condition(
                step.inputs.get("LoopCondition", {}), (*path, "LoopCondition"), document
            )
        elif step.action == "aws:updateVariable":
            yield from _variable(step, document)


def _role(document: Document) -> Iterator[Finding]:
    kind = type_of_reference(document.content.get("assumeRole"), document)
    if kind not in (STRING, None):
        message = f"found a {kind}; expected a {STRING}, a role's ARN"
        yield Finding(("assumeRole",), message, "reference-type")


def _condition(condition: Mapping[str, Any], path: Path, document: Document) -> Iterator[Finding]:
    for key in ("And", "Or"):
        for index, inner in enumerate(condition.get(key, [])):
            yield from _condition(inner, (*path, key, index), document)
    if "Not" in condition:
        yield from _condition(condition["Not"], (*path, "Not"), document)
    for operator in condition:
        takes = next(
            (types for name, types in _COMPARED.items() if operator.startswith(name)), None
        )
        for key in ("Variable", operator):
            kind = type_of_reference(condition.get(key), document)
            if takes and kind and kind not in takes:
                message = f"found a {kind} with {operator}; expected {choices(sorted(takes))}"
                yield Finding((*path, key), message, "reference-type")


def _variable(step: Step, document: Document) -> Iterator[Finding]:
    name = step.inputs["Name"].strip("{} ").partition(":")[2].strip()
    declared = plain_type(document.variables.get(name, {}).get("type"))
    value = step.inputs["Value"]
    path = (*step.path, "inputs", "Value")
    if declared is None:
        return
    if whole_reference(value):
        kind = type_of_reference(value, document)
        if kind and kind != declared:
            message = f"found a {kind}; expected a {declared}, as the variable is"
            yield Finding(path, message, "reference-type")
        return
    given = type_of(value)
    is_list_of_references = declared in (STRING_LIST, MAP_LIST) and isinstance(value, list)
    if given and given != declared and not is_list_of_references and "{{" not in str(value):
        message = f"found {describe(value)}; expected a {declared}, as the variable is"
        yield Finding(path, message, "variable-value")
