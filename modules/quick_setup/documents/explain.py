"""Say what a JSON Schema error means, in the words of whoever wrote the document."""

from __future__ import annotations

import difflib
import json
from collections.abc import Callable, Iterable, Sequence
from typing import cast

from jsonschema import ValidationError

from modules.quick_setup.documents.problems import Problem


def explain(error: ValidationError) -> Problem:
    """The place and the cause, without the schema's machinery."""
    while error.context and error.validator in {"anyOf", "oneOf"} and not _alternatives(error):
        error = _nearest_form(error.context)
    wording = WORDINGS.get(str(error.validator), _expected)
    return Problem(tuple(error.absolute_path), wording(error))


def _nearest_form(errors: Sequence[ValidationError]) -> ValidationError:
    """What is wrong with the first form of the right type; the first form is the literal one."""
    right_type = [error for error in errors if error.validator != "type" or error.path]
    return (right_type or errors)[0]


def _expected(error: ValidationError) -> str:
    rule = f"{error.validator} {_shortened(error.validator_value)}"
    return f"found {_shortened(error.instance)}; expected {rule}"


def _excluded(error: ValidationError) -> str:
    excluded = cast("dict[str, list[str]]", error.validator_value)
    if excluded:
        return f"{' and '.join(excluded['required'])} exclude each other"
    return "this key is not supported here"


def _unknown_keys(error: ValidationError) -> str:
    schema = cast("dict[str, dict[str, object]]", error.schema)
    known = schema.get("properties", {})
    found = cast("dict[str, object]", error.instance)
    return "; ".join(f"unknown key {key!r}{_hint(key, known)}" for key in found if key not in known)


def _hint(key: str, known: Iterable[str]) -> str:
    near = difflib.get_close_matches(key, known, n=1)
    return f", did you mean {near[0]!r}?" if near else f"; known are {', '.join(sorted(known))}"


def _choose(error: ValidationError) -> str:
    keys = _alternatives(error)
    if not keys:
        return f"found {_shortened(error.instance)}, which has more than one form"
    count = "exactly one" if error.validator == "oneOf" else "at least one"
    return f"expected {count} of {', '.join(keys)}"


def _alternatives(error: ValidationError) -> list[str]:
    """The keys, where the schema only says which of them have to be there."""
    options = error.validator_value
    if isinstance(options, list) and all(option.keys() == {"required"} for option in options):
        return [key for option in options for key in option["required"]]
    return []


def _shortened(value: object) -> str:
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 100 else f"{text[:97]}..."


WORDINGS: dict[str, Callable[[ValidationError], str]] = {
    "required": lambda error: error.message,
    "dependentRequired": lambda error: error.message,
    "additionalProperties": _unknown_keys,
    "anyOf": _choose,
    "oneOf": _choose,
    "not": _excluded,
}
