"""Check any Automation document of schema version 0.3, ours or another's.

The form is bounded by the JSON Schema in `ssm_documents/schema/`; what a schema cannot say, that a
name has to exist elsewhere in the document, is checked here.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any, cast

from jsonschema import Draft202012Validator

from modules.quick_setup.documents.explain import explain
from modules.quick_setup.documents.plain_data import not_json
from modules.quick_setup.documents.problems import Problem, refuse
from modules.quick_setup.documents.source import ROOT
from modules.quick_setup.documents.steps import Scope, scopes

SCHEMA_FILE = ROOT / "schema" / "automation-0.3.schema.json"
COMMAND_SCHEMA_FILE = ROOT / "schema" / "command-2.2.schema.json"


def validate(content: Mapping[Any, Any], file: str) -> None:
    """Raise DocumentError naming every problem as `file: $.path: ...`; `file` is for the message.

    Where the form is wrong, names are not looked up: they would only repeat the same defect.
    """
    refuse(file, not_json(content))
    refuse(file, wrong_form(content, SCHEMA_FILE))
    refuse(file, _wrong_names(content))


@cache
def _validator(schema_file: Path) -> Draft202012Validator:
    return Draft202012Validator(json.loads(schema_file.read_text(encoding="utf-8")))


def definitions(schema_file: Path) -> Mapping[str, Any]:
    """A schema's definitions by their names, which those of actions and plugins share."""
    schema = cast("Mapping[str, Mapping[str, Any]]", _validator(schema_file).schema)
    return schema["$defs"]


def wrong_form(content: Mapping[str, Any], schema_file: Path) -> list[Problem]:
    """What a schema of documents says of one whose content is JSON."""
    errors = _validator(schema_file).iter_errors(content)
    return explain(sorted(errors, key=lambda error: error.json_path))


def _wrong_names(content: Mapping[str, Any]) -> Iterator[Problem]:
    all_scopes = list(scopes(content["mainSteps"]))
    yield from repeated_names(all_scopes)
    for scope in all_scopes:
        yield from missing_steps(scope)
    names = {name for scope in all_scopes for name in scope.names}
    yield from _missing_outputs(content, names)


def repeated_names(all_scopes: Iterable[Scope]) -> Iterator[Problem]:
    """Every name of a step that an earlier one has: they share one space, loops included."""
    seen: set[str] = set()
    for scope in all_scopes:
        for index, name in enumerate(scope.names):
            if name in seen:
                message = f"{name!r} is the name of an earlier step; expected a name of its own"
                yield Problem((*scope.path, index, "name"), message, "repeated-step-name")
            seen.add(name)


def missing_steps(scope: Scope) -> Iterator[Problem]:
    """Every step to go on with that is neither in the same list of steps nor around it."""
    for path, target in scope.references():
        if target not in scope.targets:
            known = ", ".join(scope.targets)
            message = f"there is no step {target!r}; expected one of {known}"
            yield Problem(path, message, "missing-step")


def _missing_outputs(content: Mapping[str, Any], names: Iterable[str]) -> Iterator[Problem]:
    for index, output in enumerate(content.get("outputs", [])):
        reference = output.strip("{} ")
        step, dot, _ = reference.partition(".")
        prefix, _, variable = reference.partition(":")
        known = step in names if dot else variable in content.get("variables", {})
        if not known and (dot or prefix == "variable"):
            message = f"{reference!r} refers to no step or variable of this document; expected one"
            yield Problem(("outputs", index), message)
