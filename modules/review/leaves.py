"""Two values of an attribute compared leaf by leaf, so that a reader sees just what differs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from difflib import unified_diff
from typing import Any

from modules.review.values import shown

_MOST_LINES = 2_000  # comparing more takes seconds


def leaves(name: str, before: Any, after: Any) -> Iterator[tuple[str, Any, Any]]:
    """The innermost parts that differ: where each stands, and its two values."""
    if isinstance(before, Mapping) and isinstance(after, Mapping):
        for key in sorted({*before, *after}, key=str):
            yield from leaves(f"{name}.{key}", before.get(key), after.get(key))
    elif isinstance(before, list) and isinstance(after, list) and len(before) == len(after):
        for number, (old, new) in enumerate(zip(before, after, strict=True)):
            yield from leaves(f"{name}.{number}", old, new)
    elif before != after:
        yield name, before, after


def text_lines(name: str, before: Any, after: Any) -> Iterator[str]:
    """The leaves as text; of scripts, and of lists of commands, the lines that come and go."""
    for place, old, new in leaves(name, before, after):
        first, second = _lines(old), _lines(new)
        if max(len(first), len(second)) in (0, 1) or len(first) + len(second) > _MOST_LINES:
            yield f"{place}: {shown(old)} -> {shown(new)}"
            continue
        for line in list(unified_diff(first, second, n=0, lineterm=""))[2:]:
            if not line.startswith("@@"):
                yield f"{place}: {line[0]} {line[1:].strip()}"


def _lines(value: Any) -> list[str]:
    if isinstance(value, str):
        return value.splitlines()
    if isinstance(value, list) and all(isinstance(each, str) for each in value):
        return [line for each in value for line in each.splitlines() or [""]]
    return []
