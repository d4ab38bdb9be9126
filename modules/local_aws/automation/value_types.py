"""The types of values: what fits one, and what an output is converted to.

Source: "Using action outputs as inputs" in the Systems Manager User Guide. Where the value of an
output is not of its declared type, "Automation tries to convert the data type": text to a number,
a boolean or a list; numbers and booleans to text or a list; a list of one item to that item.
Nothing else is converted, and nothing in an action's inputs.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from modules.local_aws.automation.references import as_text
from modules.policy.problems import describe


class ValueTypeError(Exception):
    """A value of another type than declared."""


def _is_text(value: object) -> bool:
    return isinstance(value, str | datetime)


def _is_integer(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


_TYPES: Mapping[str, Callable[[object], bool]] = {
    "String": _is_text,
    "Integer": _is_integer,
    "Boolean": lambda value: isinstance(value, bool),
    "StringMap": lambda value: isinstance(value, Mapping),
    "StringList": lambda value: isinstance(value, list) and all(map(_is_text, value)),
    "MapList": lambda value: isinstance(value, list) and all(isinstance(v, Mapping) for v in value),
}


def check_type(value: object, kind: str, what: str) -> None:
    """Raise ValueTypeError where a value is not of a declared type: nothing is converted."""
    if kind not in _TYPES:
        raise ValueTypeError(f"{what} has the unknown type {kind}.")
    if not _TYPES[kind](value):
        raise ValueTypeError(f"{what} is {_described(value)}, not of its type {kind}.")


def converted(value: object, kind: str, what: str) -> Any:
    """A value as one of the declared type. ValueTypeError where it cannot be one."""
    if isinstance(value, list):
        value = [_as_json(item) for item in value]
    value = _as_json(value)
    if kind in _TYPES and not _TYPES[kind](value):
        value = _conversion(value, kind)
    check_type(value, kind, what)
    return value


def _as_json(value: object) -> object:
    return as_text(value) if isinstance(value, datetime | bytes) else value


def _conversion(value: object, kind: str) -> object:
    """The value in the other type, or as it was where there is no way to it."""
    if kind == "StringList":
        return [as_text(value)] if _is_scalar(value) else value
    single = value[0] if isinstance(value, list) and len(value) == 1 else value
    if kind not in _FROM_TEXT or not _is_scalar(single):
        return value
    found = _FROM_TEXT[kind](as_text(single))
    return value if found is None else found


def _is_scalar(value: object) -> bool:
    return isinstance(value, str | int | float)  # a boolean is an int


_FROM_TEXT: Mapping[str, Callable[[str], object]] = {
    "String": str,
    "Integer": lambda text: int(text) if re.fullmatch(r"-?[0-9]{1,18}", text) else None,
    "Boolean": lambda text: {"true": True, "false": False}.get(text.lower()),
}


def _described(value: object) -> str:
    if isinstance(value, list):
        return f"a list of {len(value)} items" if len(value) != 1 else "a list of one item"
    return describe(value)
