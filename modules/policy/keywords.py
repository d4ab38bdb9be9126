"""What each keyword of the policy file's schema says of a wrong value, in words of our own.

The functions have the form that jsonschema wants: validator, the keyword's value, the instance,
and the subschema that the keyword stands in.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType
from typing import Any, Protocol

from jsonschema.exceptions import ValidationError

from modules.policy.formats import FORMATS
from modules.policy.problems import choices, describe
from modules.policy.spelling import nearest_key

Schema = Mapping[str, Any]
Errors = Iterator[ValidationError]

_TYPE_WORDS = {
    "string": "text",
    "integer": "a whole number",
    "boolean": "true or false",
    "array": "a list",
    "object": "a mapping",
}


class Validator(Protocol):
    """What is used here of jsonschema's validator."""

    def is_type(self, instance: object, type: str) -> bool:
        """Whether the instance is of a JSON type."""

    def descend(self, instance: object, schema: Schema, path: str) -> Errors:
        """What is wrong with a part of the instance."""


def _type(validator: Validator, types: str | list[str], instance: object, _: Schema) -> Errors:
    expected = [types] if isinstance(types, str) else types
    if any(validator.is_type(instance, name) for name in expected):
        return
    message = f"found {describe(instance)}; expected {choices(_TYPE_WORDS[t] for t in expected)}"
    is_unquoted_text = expected == ["string"] and isinstance(instance, int)
    yield ValidationError(message + (": put it in quotes" if is_unquoted_text else ""))


def _enum(validator: Validator, values: list[object], instance: object, schema: Schema) -> Errors:
    if instance not in values and validator.is_type(instance, schema["type"]):
        words = [value if isinstance(value, str) else describe(value) for value in values]
        yield ValidationError(f"found {describe(instance)}; expected {choices(words)}")


def _pattern(_: Validator, pattern: str, instance: object, schema: Schema) -> Errors:
    # fullmatch: Python's `$` would let a line break at the end through.
    if isinstance(instance, str) and not re.fullmatch(pattern, instance):
        yield ValidationError(f"found {describe(instance)}; {schema['patternErrorMessage']}")


def _format(_: Validator, name: str, instance: object, _schema: Schema) -> Errors:
    if isinstance(instance, str) and (message := FORMATS[name](instance)):
        yield ValidationError(message)


def _minimum(_: Validator, limit: int, instance: object, _schema: Schema) -> Errors:
    if isinstance(instance, int) and instance < limit:
        yield ValidationError(f"found {describe(instance)}; expected at least {limit}")


def _maximum(_: Validator, limit: int, instance: object, _schema: Schema) -> Errors:
    if isinstance(instance, int) and instance > limit:
        yield ValidationError(f"found {describe(instance)}; expected at most {limit}")


def _shortest(kind: type[str] | type[list[Any]], unit: str) -> Callable[..., Errors]:
    def check(_: Validator, limit: int, instance: object, _schema: Schema) -> Errors:
        if isinstance(instance, kind) and len(instance) < limit:
            yield ValidationError(f"found no {unit}s; expected at least {limit}")

    return check


def _longest(
    kind: type[str] | type[list[Any]] | type[dict[str, Any]], unit: str
) -> Callable[..., Errors]:
    def check(_: Validator, limit: int, instance: object, _schema: Schema) -> Errors:
        if isinstance(instance, kind) and len(instance) > limit:
            yield ValidationError(f"found {len(instance)} {unit}s; expected at most {limit}")

    return check


def _exactly_one(_: Validator, _limit: int, instance: object, schema: Schema) -> Errors:
    """`minProperties`: the schema has it only as 1, with the same `maxProperties`."""
    known = schema["properties"]
    if isinstance(instance, dict):
        given = [key for key in instance if key in known]
        if len(given) != 1 and len(given) == len(instance):
            found = choices(given, "and") if given else "nothing"
            yield ValidationError(f"found {found}; expected exactly one of {choices(known)}")


def _most_keys(validator: Validator, limit: int, instance: object, schema: Schema) -> Errors:
    if "minProperties" not in schema:
        yield from _longest(dict, "key")(validator, limit, instance, schema)


def _unique_items(_: Validator, _unique: bool, instance: object, _schema: Schema) -> Errors:
    if isinstance(instance, list):
        for index, item in enumerate(instance):
            if item in instance[:index]:
                message = f"found {describe(item)} again; expected each once"
                yield ValidationError(message, path=[index])


def _required(_: Validator, keys: list[str], instance: object, _schema: Schema) -> Errors:
    if isinstance(instance, dict):
        for key in keys:
            if key not in instance:
                message = "found nothing; expected this key, as it has no default"
                yield ValidationError(message, path=[key])


def _excluded(_: Validator, excluded: Schema, instance: object, _schema: Schema) -> Errors:
    """`not`: schemas have it only for keys that exclude each other."""
    keys = excluded["required"]
    if isinstance(instance, dict) and all(key in instance for key in keys):
        yield ValidationError(f"found {choices(keys, 'and')}; expected one of them alone")


def _additional(
    validator: Validator, allowed: bool | Schema, instance: object, schema: Schema
) -> Errors:
    known = schema.get("properties", {})
    if isinstance(instance, dict):
        for key in [key for key in instance if key not in known]:
            if isinstance(allowed, bool):
                yield ValidationError(_unknown_key(key, list(known)), path=[key])
            else:
                yield from validator.descend(instance[key], allowed, path=key)


def _unknown_key(key: str, known: list[str]) -> str:
    if nearest := nearest_key(key, known):
        return f"found an unknown key; expected {nearest}, the nearest known key"
    return f"found an unknown key; expected {choices(known)}"


def _property_names(validator: Validator, names: Schema, instance: object, _: Schema) -> Errors:
    if isinstance(instance, dict):
        for key in instance:
            yield from validator.descend(key, names, path=key)


KEYWORDS: Mapping[str, Callable[..., Errors]] = MappingProxyType(
    {
        "type": _type,
        "enum": _enum,
        "pattern": _pattern,
        "format": _format,
        "minimum": _minimum,
        "maximum": _maximum,
        "minLength": _shortest(str, "character"),
        "maxLength": _longest(str, "character"),
        "minItems": _shortest(list, "item"),
        "maxItems": _longest(list, "item"),
        "uniqueItems": _unique_items,
        "required": _required,
        "not": _excluded,
        "additionalProperties": _additional,
        "propertyNames": _property_names,
        "minProperties": _exactly_one,
        "maxProperties": _most_keys,
    }
)
