"""Output selectors and their types.

Source: "Using action outputs as inputs" in the Systems Manager User Guide. It names three
operators: `.child`, `..deep`, which always gives a list, and `[n]`. `[*]`, which it does not name,
is in runbooks that AWS publishes.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

_PART = re.compile(
    r"\.\.(?P<deep>[\w\-]+)|\.?(?P<all>\[\*\])|\.?\[(?P<index>\d+)\]|"
    r"\.(?P<child>[\w\-]+)|\.?\[['\"](?P<quoted>[^'\"]+)['\"]\]"
)


class SelectorError(Exception):
    """A selector that is none, or a value of another type than declared."""


class NoMatchError(Exception):
    """A selector that finds nothing."""


def select(selector: str, data: object) -> Any:
    """The value at a selector. NoMatchError, SelectorError."""
    found, is_list = [data], False
    for part in _parts(selector):
        if part.lastgroup == "deep":
            found, is_list = [each for value in found for each in _deep(value, part["deep"])], True
        elif part.lastgroup == "all":
            found, is_list = [each for value in found for each in _items(value)], True
        else:
            found = [each for value in found for each in _step(value, part)]
    if not found and not is_list:
        raise NoMatchError(f"The selector {selector} matches nothing in the step's response.")
    return found if is_list else found[0]


def _parts(selector: str) -> list[re.Match[str]]:
    rest = selector.removeprefix("$")
    parts, position = [], 0
    while position < len(rest):
        part = _PART.match(rest, position)
        if part is None:
            raise SelectorError(f"{selector} is not a selector: {rest[position:]!r} is unknown.")
        parts.append(part)
        position = part.end()
    if rest == selector:
        raise SelectorError(f"{selector} is not a selector: it does not begin with $.")
    return parts


def _step(value: object, part: re.Match[str]) -> list[Any]:
    if part.lastgroup == "index":
        position = int(part["index"])
        return [value[position]] if isinstance(value, list) and position < len(value) else []
    key = part[str(part.lastgroup)]
    is_there = isinstance(value, Mapping) and value.get(key) is not None
    return [value[key]] if is_there else []  # type: ignore[index]  # is_there says that it is one


def _items(value: object) -> list[Any]:
    return value if isinstance(value, list) else []


def _deep(value: object, key: str) -> list[Any]:
    """Every value of that key, however deep, in the order of the document."""
    if isinstance(value, Mapping):
        own = [value[key]] if key in value else []
        return own + [found for item in value.values() for found in _deep(item, key)]
    return [found for item in _items(value) for found in _deep(item, key)]


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
    """Raise SelectorError where a value is not of a declared type: nothing is converted."""
    if kind not in _TYPES:
        raise SelectorError(f"{what} has the unknown type {kind}.")
    if not _TYPES[kind](value):
        raise SelectorError(f"{what} is a {type(value).__name__}, not of its type {kind}.")
