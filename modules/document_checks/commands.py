"""What the JSON Schema cannot say of Command documents of schema version 2.2.

https://docs.aws.amazon.com/systems-manager/latest/userguide/documents-schemas-features.html
"""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping
from typing import Any

from modules.document_checks.input_types import check_plugin_types
from modules.document_checks.json_texts import check_json_text
from modules.document_checks.parameters import check_parameters
from modules.document_checks.references import GLOBALS, PARAMETER_STORE, references_in
from modules.policy.problems import Finding, quote

PLATFORM, SHELL = "platformType", "aws:runShellScript"


def check_command(content: Mapping[str, Any]) -> Iterator[Finding]:
    """All that is wrong with a document whose form is right."""
    yield from check_parameters(content)
    yield from _repeated_names(content)
    for index, step in enumerate(content["mainSteps"]):
        for key in ("inputs", "precondition"):
            yield from _references(step.get(key), ("mainSteps", index, key), content)
        yield from check_json_text(step, ("mainSteps", index))
        yield from _precondition(step, ("mainSteps", index, "precondition", "StringEquals"))
    yield from check_plugin_types(content)


def _precondition(step: Mapping[str, Any], path: tuple[str | int, ...]) -> Iterator[Finding]:
    """What the agent refuses, or makes it skip the step on every node.

    runPluginUtil's runner, https://github.com/aws/amazon-ssm-agent
    """
    operands = step.get("precondition", {}).get("StringEquals", [PLATFORM])
    texts = [each.strip("{} ") for each in operands]
    if PLATFORM not in texts and not any("{{" in each for each in operands):
        message = f"found two texts; expected {PLATFORM}, or a reference to a parameter"
        yield Finding(path, message, "wrong-value")
    elif PLATFORM in texts and "windows" in map(str.lower, texts) and step["action"] == SHELL:
        message = "found the platform Windows; expected Linux or MacOS, where there is a shell"
        yield Finding(path, message, "wrong-value")


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
