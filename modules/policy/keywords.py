"""What each keyword of the policy file's schema says of a wrong value, in words of our own.

The functions have the form that jsonschema gives to its validators of keywords.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType
from typing import Any

from jsonschema.exceptions import ValidationError

from modules.policy.formats import FORMATS
from modules.policy.problems import choices, describe

_TYPE_WORDS = {
    "string": "text",
    "integer": "a whole number",
    "boolean": "true or false",
    "array": "a list",
    "object": "a mapping",
}

Schema = Mapping[str, Any]
Errors = Iterator[ValidationError]


def _type(validator: Any, types: str | list[str], instance: object, _schema: Schema) -> Errors:
    expected = [types] if isinstance(types, str) else types
    if any(validator.is_type(instance, name) for name in expected):
        return
    message = f"found {describe(instance)}; expected {choices(_TYPE_WORDS[t] for t in expected)}"
    if "string" in expected and isinstance(instance, int | float):
        message += ": put it in quotes"
    yield ValidationError(message)


def _enum(_validator: Any, values: list[object], instance: object, schema: Schema) -> Errors:
    if instance in values or not _validator.is_type(instance, schema["type"]):
        return
    words = [value if isinstance(value, str) else describe(value) for value in values]
    yield ValidationError(f"found {describe(instance)}; expected {choices(words)}")


def _pattern(_validator: Any, pattern: str, instance: object, schema: Schema) -> Errors:
    # fullmatch, because in Python `$` would let a line break at the end through.
    if isinstance(instance, str) and not re.fullmatch(pattern, instance):
        yield ValidationError(f"found {describe(instance)}; {schema['patternErrorMessage']}")


def _format(_validator: Any, name: str, instance: object, _schema: Schema) -> Errors:
    if isinstance(instance, str) and (message := FORMATS[name](instance)):
        yield ValidationError(message)


def _length(of: type, unit: str, limit_word: str) -> Callable[..., Errors]:
    """A check of how long a text or a list is."""

    def check(_validator: Any, limit: int, instance: object, _schema: Schema) -> Errors:
        if not isinstance(instance, of):
            return
        length = len(instance)  # type: ignore[arg-type]
        if length < limit if limit_word == "at least" else length > limit:
            expected = f"expected {limit_word} {limit}"
            yield ValidationError(f"found {length} {unit}{'' if length == 1 else 's'}; {expected}")

    return check


def _bound(limit_word: str) -> Callable[..., Errors]:
    """A check of how big a number is."""

    def check(validator: Any, limit: int, instance: Any, _schema: Schema) -> Errors:
        if not validator.is_type(instance, "integer"):
            return
        if instance < limit if limit_word == "at least" else instance > limit:
            yield ValidationError(f"found {describe(instance)}; expected {limit_word} {limit}")

    return check


def _min_properties(_validator: Any, limit: int, instance: object, schema: Schema) -> Errors:
    """Mappings with a least number of keys are those that take exactly one."""
    if isinstance(instance, dict) and not instance:
        names = choices(schema["properties"])
        yield ValidationError(f"found no key; expected exactly {limit} of {names}")


def _max_properties(_validator: Any, limit: int, instance: object, schema: Schema) -> Errors:
    if not isinstance(instance, dict):
        return
    if limit > 1:
        yield from _length(dict, "key", "at most")(_validator, limit, instance, schema)
    elif len(known := [key for key in instance if key in schema["properties"]]) > limit:
        names = choices(schema["properties"])
        yield ValidationError(f"found {choices(known, 'and')}; expected exactly one of {names}")


def _unique_items(_validator: Any, _unique: bool, instance: object, _schema: Schema) -> Errors:
    if not isinstance(instance, list):
        return
    for index, item in enumerate(instance):
        if item in instance[:index]:
            yield ValidationError(f"found {describe(item)} again; expected each once", path=[index])


def _required(_validator: Any, keys: list[str], instance: object, _schema: Schema) -> Errors:
    if isinstance(instance, dict):
        for key in keys:
            if key not in instance:
                yield ValidationError(
                    "found nothing; expected this key, as it has no default", path=[key]
                )


def _additional(validator: Any, allowed: Any, instance: object, schema: Schema) -> Errors:
    if not isinstance(instance, dict):
        return
    known = schema.get("properties", {})
    for key in [key for key in instance if key not in known]:
        if allowed is False:
            yield ValidationError(_unknown_key(key, list(known)), path=[key])
        else:
            yield from validator.descend(instance[key], allowed, path=key)


def _unknown_key(key: str, known: list[str]) -> str:
    nearest = difflib.get_close_matches(key, known, n=1)
    expected = f"{nearest[0]}, the nearest known key" if nearest else choices(known)
    return f"found an unknown key; expected {expected}"


def _property_names(validator: Any, names: Schema, instance: object, _schema: Schema) -> Errors:
    if isinstance(instance, dict):
        for key in instance:
            yield from validator.descend(key, names, path=key)


KEYWORDS: Mapping[str, Callable[..., Errors]] = MappingProxyType(
    {
        "type": _type,
        "enum": _enum,
        "pattern": _pattern,
        "format": _format,
        "minLength": _length(str, "character", "at least"),
        "maxLength": _length(str, "character", "at most"),
        "minItems": _length(list, "item", "at least"),
        "maxItems": _length(list, "item", "at most"),
        "minimum": _bound("at least"),
        "maximum": _bound("at most"),
        "uniqueItems": _unique_items,
        "required": _required,
        "additionalProperties": _additional,
        "propertyNames": _property_names,
        "minProperties": _min_properties,
        "maxProperties": _max_properties,
    }
)
