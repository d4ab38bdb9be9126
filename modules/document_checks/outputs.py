"""Declared outputs: their names, and the selectors of steps that are no API call."""

from __future__ import annotations

from collections.abc import Iterator

from modules.document_checks.document import Document, Step
from modules.document_checks.response_checks import (
    METADATA,
    WHOLE_ANSWER,
    check_output_type,
    invalid_selector,
)
from modules.document_checks.selectors import Segment, parse_selector
from modules.policy.problems import Finding, quote


def check_declared_outputs(document: Document) -> Iterator[Finding]:
    """All that is wrong with them."""
    for step in document.steps:
        yield from _repeated(step)
        if step.action == "aws:executeScript":
            yield from _of_script(step)


def _repeated(step: Step) -> Iterator[Finding]:
    seen: set[str] = set()
    for index, output in enumerate(step.outputs):
        if output["Name"] in seen:
            message = f"found the output {quote(output['Name'])} again; expected each name once"
            yield Finding((*step.path, "outputs", index, "Name"), message, "repeated-output")
        seen.add(output["Name"])


def _of_script(step: Step) -> Iterator[Finding]:
    """What a script returns is the Payload of its answer, which is a map."""
    for index, output in enumerate(step.outputs):
        path = (*step.path, "outputs", index, "Selector")
        segments = parse_selector(output["Selector"])
        if segments is None:
            yield invalid_selector(output["Selector"], path)
        elif not segments:
            yield from check_output_type(output, WHOLE_ANSWER, path[:-1])
        elif segments[0] in (Segment("child", "Payload"), Segment("child", METADATA)):
            continue
        elif segments[0].kind == "child":
            message = f"found {quote(output['Selector'])}; expected $.Payload, in which Automation"
            yield Finding(path, f"{message} puts what a script returns", "selector-without-match")
