"""What the JSON Schema cannot say of Command documents of schema version 2.2.

https://docs.aws.amazon.com/systems-manager/latest/userguide/documents-schemas-features.html
"""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping
from typing import Any

from modules.document_checks.input_types import check_plugin_types
from modules.document_checks.parameters import check_parameters
from modules.document_checks.references import GLOBALS, PARAMETER_STORE, references_in
from modules.policy.problems import Finding, quote

PLATFORM = "platformType"


def check_command(content: Mapping[str, Any]) -> Iterator[Finding]:
    """All that is wrong with a document whose form is right."""
    yield from check_parameters(content)
    yield from _repeated_names(content)
    for index, step in enumerate(content["mainSteps"]):
        for key in ("inputs", "precondition"):
            yield from _references(step.get(key), ("mainSteps", index, key), content)
    yield from check_plugin_types(content)


def _repeated_names(content: Mapping[str, Any]) -> Iterator[Finding]:
    seen: set[str] = set()
    for index, step in enumerate(content["mainSteps"]):
        if step["name"] in seen:
            message = f"found {quote(step['name'])}, the name of an earlier step; expected its own"
            yield Finding(("mainSteps", index, "name"), message, "repeated-step-name")
        seen.add(step["name"])


def _references(
    value: object, path: tuple[str | int, ...], content: Mapping[str, Any]
) -> Iterator[Finding]:
    known = {*content.get("parameters", {}), PLATFORM}
    for reference in references_in(value, path):
        prefix, colon, rest = (part.strip() for part in reference.name.partition(":"))
        is_known = reference.name in known if not colon else prefix in PARAMETER_STORE
        if not is_known and not (prefix == "global" and rest in GLOBALS):
            near = difflib.get_close_matches(reference.name, known, n=1)
            expected = near[0] if near else "a parameter of the document"
            shown = quote("{{ " + reference.name + " }}")
            message = f"found {shown}, which stands for nothing; expected {expected}"
            yield Finding(reference.path, message, "unknown-reference")
