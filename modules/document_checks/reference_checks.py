"""Every `{{ reference }}`: does it stand for something, and for something that is there by then."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator

from modules.document_checks.document import Document, Step
from modules.document_checks.references import (
    PARAMETER_STORE,
    Meaning,
    Reference,
    meaning_of,
    references_in,
)
from modules.policy.problems import Finding, quote

# An inner step's own inputs are checked with that step.
_SKIPPED_INPUTS = {"aws:loop": ("Steps", "LoopCondition")}
_STEP_KEYS = ("maxAttempts", "timeoutSeconds", "onFailure", "isCritical", "isEnd")


def check_references(document: Document, *, judges_order: bool) -> Iterator[Finding]:
    """All references of a document. Its order is judged only where the flow is sound."""
    content = document.content
    for reference in references_in(content.get("assumeRole", ""), ("assumeRole",)):
        yield from _known_at_the_start(reference, document)
    for name, parameter in document.parameters.items():
        path = ("parameters", name, "default")
        for reference in references_in(parameter.get("default"), path):
            if not reference.name.startswith("ssm"):
                yield from _known_at_the_start(reference, document)
    for step in document.steps:
        for reference in _of_step(step):
            yield from _known(reference, document)
            meaning = meaning_of(reference.name, document)
            if judges_order and meaning:
                yield from _available(reference, meaning, step)
        yield from _of_condition(step, document)
    yield from _updated_variables(document)
    yield from _of_outputs(document)


def _of_step(step: Step) -> Iterator[Reference]:
    skipped = _SKIPPED_INPUTS.get(step.action, ())
    for key in _STEP_KEYS:
        yield from references_in(step.content.get(key), (*step.path, key))
    for key, value in step.inputs.items():
        if key not in skipped:
            yield from references_in(value, (*step.path, "inputs", key))


def _of_condition(step: Step, document: Document) -> Iterator[Finding]:
    """A loop's condition is looked at after its steps ran, so all of their outputs are there."""
    condition = step.inputs.get("LoopCondition")
    for reference in references_in(condition, (*step.path, "inputs", "LoopCondition")):
        yield from _known(reference, document)


def _known(reference: Reference, document: Document) -> Iterator[Finding]:
    name = reference.name
    if meaning_of(name, document) is not None:
        return
    if name.partition(":")[0].strip() in PARAMETER_STORE and ":" in name:
        message = f"found {quote('{{ ' + name + ' }}')}; expected a parameter of the document with"
        rule = "parameter-store-reference"
        yield Finding(reference.path, f"{message} this default", rule)
        return
    message = f"found {quote('{{ ' + name + ' }}')}, which stands for nothing; expected "
    yield Finding(reference.path, message + _hint(name, document), "unknown-reference")


def _known_at_the_start(reference: Reference, document: Document) -> Iterator[Finding]:
    yield from _known(reference, document)
    meaning = meaning_of(reference.name, document)
    if meaning and meaning.step:
        found = f"found an output of {quote(meaning.step.name)}, which has not run by then"
        yield Finding(reference.path, f"{found}; expected a parameter", "unavailable-output")


def _hint(name: str, document: Document) -> str:
    near = difflib.get_close_matches(name, _names(document), n=1)
    if near:
        return f"{near[0]}, the nearest known name"
    return "a parameter, a step's output, or a variable"


def _names(document: Document) -> Iterable[str]:
    outputs = [f"{step.name}.{each['Name']}" for step in document.steps for each in step.outputs]
    variables = [f"variable:{name}" for name in document.variables]
    return [*document.parameters, *variables, *outputs, "global:REGION", "global:ACCOUNT_ID"]


def _available(reference: Reference, meaning: Meaning, step: Step) -> Iterator[Finding]:
    source = meaning.step
    if source is None or _runs_before(source, step, meaning):
        return
    if meaning.is_iterator:
        found = f"found a value of the loop {quote(source.name)} outside of it"
        message = f"{found}; expected it in the loop's own steps"
    else:
        found = f"found an output of {quote(source.name)}, which cannot have run before this step"
        message = f"{found}; expected an output of an earlier step"
    yield Finding(reference.path, message, "unavailable-output")


def _runs_before(source: Step, step: Step, meaning: Meaning) -> bool:
    """Whether there is a way through the document on which the source runs before the step."""
    if source in step.loops:
        return meaning.is_iterator
    if meaning.is_iterator:
        return False
    return any(
        outer.graph is inner.graph and inner.index in outer.graph.reached_from(outer.index)
        for outer in (source, *source.loops)
        for inner in (step, *step.loops)
    )


def _updated_variables(document: Document) -> Iterator[Finding]:
    for step in document.steps:
        if step.action == "aws:updateVariable":
            name = step.inputs["Name"].strip("{} ").partition(":")[2].strip()
            if name not in document.variables:
                message = f"found {quote(name)}, which is no variable of this document; expected "
                path = (*step.path, "inputs", "Name")
                names = ", ".join(document.variables) or "one that is declared in variables"
                yield Finding(path, message + names, "unknown-reference")


def _of_outputs(document: Document) -> Iterator[Finding]:
    for index, output in enumerate(document.content.get("outputs", [])):
        yield from _known(Reference(output.strip("{} "), ("outputs", index), True), document)
