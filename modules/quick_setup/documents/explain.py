"""Say what a JSON Schema error means, in the words of whoever wrote the document."""

from __future__ import annotations

import difflib
import json
from collections.abc import Callable, Iterable
from typing import cast

from jsonschema import ValidationError
from jsonschema.exceptions import best_match

from modules.quick_setup.documents.problems import Problem


def explain(error: ValidationError) -> Problem:
    """The place and the cause, without the schema's machinery."""
    if error.validator in {"anyOf", "oneOf"} and not _alternatives(error):
        error = best_match([error]) or error
    wording = WORDINGS.get(str(error.validator), _expected)
    return Problem(tuple(error.absolute_path), wording(error))


def _expected(error: ValidationError) -> str:
    if error.validator is None:  # the schema `false`: a key that has no place here
        return "this key is not supported here"
    rule = f"{error.validator} {_shortened(error.validator_value)}"
    return f"found {_shortened(error.instance)}; expected {rule}"


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
    if keys:
        count = "exactly one" if error.validator == "oneOf" else "at least one"
        return f"expected {count} of {', '.join(keys)}"
    return f"found {_shortened(error.instance)}, which has none of the forms expected here"


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
}
