"""Output selectors.

Source: "Using action outputs as inputs" in the Systems Manager User Guide. It names three
operators: `.child`, `..deep`, which always gives a list, and `[n]`. `[*]`, slices, filters and
quotes, which it does not name, are JSONPath, and in runbooks that AWS publishes.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from typing import Any

_PART = re.compile(
    r"\.\.(?P<deep>[\w\-]+)|\.?(?P<all>\[\*\]|\*)|\.?\[(?P<index>-?\d+)\]|"
    r"\.?\[(?P<slice>-?\d*:-?\d*)\]|\.(?P<child>[\w\-]+)|(?:\.|\.?\[)['\"](?P<quoted>[^'\"]+)['\"]\]?|"
    r"\.?\[\?\(@\.(?P<filter>[\w\-]+\s*==\s*(?:'[^']*'|\"[^\"]*\"|[\w.\-]+))\)\]"
)


class SelectorError(Exception):
    """A selector that is none."""


class NoMatchError(Exception):
    """A selector that finds nothing."""


def select(selector: str, data: object, *, of_list: bool = True) -> Any:
    """The value at a selector. NoMatchError, SelectorError.

    A selector of several that finds none gives an empty list, and nothing where no list is wanted.
    """
    found, is_list = [data], False
    for part in _parts(selector):
        kind = str(part.lastgroup)
        if kind in _SEVERAL:
            found = [each for value in found for each in _SEVERAL[kind](value, part[kind])]
            is_list = True
        else:
            found = [each for value in found for each in _step(value, part)]
    if not found and not (is_list and of_list):
        raise NoMatchError(f"The selector {selector} matches nothing in the step's response.")
    return found if is_list else found[0]


def _parts(selector: str) -> list[re.Match[str]]:
    whole = selector.strip()
    # AWS's own runbooks leave out the first `$.` here and there.
    rest = whole[1:] if whole.startswith("$") else f".{whole}"
    parts, position = [], 0
    while position < len(rest):
        part = _PART.match(rest, position)
        if part is None:
            raise SelectorError(f"{selector} is not a selector: {rest[position:]!r} is unknown.")
        parts.append(part)
        position = part.end()
    return parts


def _step(value: object, part: re.Match[str]) -> list[Any]:
    if part.lastgroup == "index":
        position = int(part["index"])
        is_there = isinstance(value, list) and -len(value) <= position < len(value)
        return [value[position]] if is_there else []  # type: ignore[index]  # it is a list
    key = part[str(part.lastgroup)]
    is_there = isinstance(value, Mapping) and value.get(key) is not None
    return [value[key]] if is_there else []  # type: ignore[index]  # is_there says that it is one


def _items(value: object, _text: str = "") -> list[Any]:
    return value if isinstance(value, list) else []


def _slice(value: object, text: str) -> list[Any]:
    start, _, end = text.partition(":")
    return _items(value)[int(start) if start else None : int(end) if end else None]


def _filter(value: object, text: str) -> list[Any]:
    """The items that have a key with that value; a value in quotes is text."""
    key, _, literal = (part.strip() for part in text.partition("=="))
    wanted = literal[1:-1] if literal[0] in "'\"" else json.loads(literal)
    return [item for item in _items(value) if isinstance(item, Mapping) and item.get(key) == wanted]


def _deep(value: object, key: str) -> list[Any]:
    """Every value of that key, however deep, in the order of the document."""
    if isinstance(value, Mapping):
        own = [value[key]] if key in value else []
        return own + [found for item in value.values() for found in _deep(item, key)]
    return [found for item in _items(value) for found in _deep(item, key)]


_SEVERAL: Mapping[str, Callable[[object, str], list[Any]]] = {
    "deep": _deep,
    "all": _items,
    "slice": _slice,
    "filter": _filter,
}
