"""All checks of one document: its form first, then what only code can tell."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from modules.document_checks.command_inputs import with_documented_names
from modules.document_checks.document import Document
from modules.document_checks.flow import check_flow, finding
from modules.document_checks.input_types import check_input_types
from modules.document_checks.json_texts import check_json_text
from modules.document_checks.odd_braces import check_odd_braces
from modules.document_checks.outputs import check_declared_outputs
from modules.document_checks.parameters import check_parameters
from modules.document_checks.reference_checks import check_references
from modules.document_checks.scripts import check_scripts
from modules.document_checks.type_checks import check_types
from modules.policy.problems import Finding, choices, describe
from modules.quick_setup.documents.checks import (
    COMMAND_SCHEMA_FILE,
    SCHEMA_FILE,
    wrong_form,
)
from modules.quick_setup.documents.plain_data import not_json

AUTOMATION, COMMAND = "0.3", "2.2"
# AWS's other schema versions: https://docs.aws.amazon.com/systems-manager/latest/userguide/
# documents-schemas-features.html. Session documents are 1.0; 1.2 and 2.0 are older Command ones.
UNCHECKED_VERSIONS = ("1.0", "1.2", "2.0", "2.1")
# Change Manager's documents, of type Automation.ChangeTemplate, have schema version 0.3 as well:
# https://docs.aws.amazon.com/systems-manager/latest/userguide/change-templates-custom.html
_CHANGE_TEMPLATE_KEYS = ("templateInformation", "executableRunBooks", "emergencyChange")
MOST_BYTES = 65_536  # https://docs.aws.amazon.com/general/latest/gr/ssm.html


def check_document(content: Any) -> list[Finding]:
    """Everything that is wrong with a document's content, in the order of the document.

    Where its form is wrong, nothing else is looked at: it would only repeat the same defect.
    """
    findings = list(_form(content))
    if all(each.rule == "dead-runtime" for each in findings):  # says nothing about the form
        findings += _meaning(content)
    return findings


def is_unchecked(content: Any) -> bool:
    """Whether AWS has such documents and this checker does not know them."""
    if not isinstance(content, dict):
        return False
    version = content.get("schemaVersion")
    has_template_keys = any(key in content for key in _CHANGE_TEMPLATE_KEYS)
    return version in UNCHECKED_VERSIONS or (version == AUTOMATION and has_template_keys)


def _form(content: Any) -> Iterator[Finding]:
    problems = list(map(finding, not_json(content)))
    if problems:
        yield from problems
        return
    version = content.get("schemaVersion")
    if version is None:
        message = 'found nothing; expected "0.3" (Automation) or "2.2" (Command)'
        yield Finding(("schemaVersion",), message, "missing-key")
    elif not isinstance(version, str):
        message = f"found {describe(version)}; expected text: put it in quotes"
        yield Finding(("schemaVersion",), message, "wrong-type")
    elif version not in (AUTOMATION, COMMAND):
        known = choices((AUTOMATION, COMMAND, *UNCHECKED_VERSIONS))
        message = f"found {describe(version)}; expected {known}"
        yield Finding(("schemaVersion",), message, "wrong-value")
    elif (size := len(json.dumps(content, separators=(",", ":")).encode())) > MOST_BYTES:
        message = f"found {size} bytes of JSON; expected at most {MOST_BYTES}"
        yield Finding((), message, "document-size")
    elif version == AUTOMATION:
        yield from map(finding, wrong_form(content, SCHEMA_FILE))
    else:
        renamed = with_documented_names(content)
        yield from map(finding, wrong_form(renamed, COMMAND_SCHEMA_FILE))


def _meaning(content: Mapping[str, Any]) -> Iterator[Finding]:
    if content["schemaVersion"] == COMMAND:
        # Imported where it is needed: Command documents need no model of AWS's services.
        from modules.document_checks.commands import check_command  # noqa: PLC0415

        yield from check_command(content)
        return
    yield from _automation(Document(content))


def _output_path(found: Finding) -> tuple[str | int, ...]:
    return found.path[:-1]


def _automation(document: Document) -> Iterator[Finding]:
    from modules.document_checks.api_calls import (  # noqa: PLC0415 - botocore
        check_api_calls,
        text_outputs,
    )
    from modules.document_checks.nested_inputs import check_nested_inputs  # noqa: PLC0415

    document = replace(document, texts=frozenset(text_outputs(document)))
    flow = list(check_flow(document))
    calls = list(check_api_calls(document))
    document = replace(document, doubtful=frozenset(map(_output_path, calls)))
    yield from check_parameters(document.content)
    yield from check_parameters(document.content, "variables")
    yield from flow
    yield from check_references(document, judges_order=not flow)
    yield from check_odd_braces(document)
    yield from check_types(document)
    yield from check_input_types(document)
    for step in document.steps:
        yield from check_json_text(step.content, step.path)
    yield from check_nested_inputs(document)
    yield from calls
    yield from check_declared_outputs(document)
    yield from check_scripts(document)
