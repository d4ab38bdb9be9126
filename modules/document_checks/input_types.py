"""References of a type that an input does not take: those of all actions but API calls.

What the order of steps and variables depend on is checked with them (type_checks.py).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from modules.document_checks.document import Document
from modules.document_checks.places import Places
from modules.document_checks.references import meaning_of
from modules.document_checks.types import STRING_LIST, plain_type
from modules.policy.problems import Finding
from modules.quick_setup.documents.checks import COMMAND_SCHEMA_FILE, SCHEMA_FILE, definitions

_CHECKED_ELSEWHERE: Mapping[str, frozenset[str]] = {
    "aws:branch": frozenset({"Choices"}),
    "aws:loop": frozenset({"Iterators", "LoopCondition", "Steps"}),
    "aws:updateVariable": frozenset({"Value"}),
}
_STEP_KEYS = ("maxAttempts", "timeoutSeconds")


def check_input_types(document: Document) -> Iterator[Finding]:
    """All references of a wrong type in the inputs of an Automation document's steps."""

    def type_of(name: str) -> str | None:
        meaning = meaning_of(name, document)
        return meaning.type if meaning else None

    places = Places(SCHEMA_FILE, type_of, text_takes=frozenset({STRING_LIST}))
    of_step = definitions(SCHEMA_FILE)["step"]["properties"]
    for step in document.steps:
        for key in _STEP_KEYS:
            yield from places.check(step.content.get(key), of_step[key], (*step.path, key))
        elsewhere = _CHECKED_ELSEWHERE.get(step.action, frozenset())
        inputs = {key: each for key, each in step.inputs.items() if key not in elsewhere}
        yield from places.check_all(inputs, step.action, (*step.path, "inputs"))


def check_plugin_types(content: Mapping[str, Any]) -> Iterator[Finding]:
    """The same in a Command document, whose agent puts a parameter in its place as it is."""
    parameters = content.get("parameters", {})
    places = Places(
        COMMAND_SCHEMA_FILE, lambda name: plain_type(parameters.get(name, {}).get("type"))
    )
    for index, step in enumerate(content["mainSteps"]):
        path = ("mainSteps", index, "inputs")
        yield from places.check_all(step["inputs"], step["action"], path)
