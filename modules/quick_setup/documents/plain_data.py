"""Find what JSON cannot hold, before anything else looks at a document."""

from __future__ import annotations

import math
from collections.abc import Iterator

from modules.quick_setup.documents.problems import Path, Problem

# Far beyond any real document; YAML's anchors can nest a value in itself, or write a small file
# that means billions of values.
MAX_DEPTH = 50
MAX_VALUES = 100_000


def not_json(content: object) -> Iterator[Problem]:
    """Every place that holds something else than JSON."""
    if not isinstance(content, dict):
        yield Problem((), f"found a {type(content).__name__}; expected a mapping", "plain-data")
        return
    waiting: list[tuple[tuple[str | int, ...], object]] = [((), content)]
    for _ in range(MAX_VALUES):
        if not waiting:
            return
        path, value = waiting.pop()
        if len(path) > MAX_DEPTH:
            yield Problem((), f"found more than {MAX_DEPTH} levels; expected fewer", "plain-data")
            return
        yield from _own_problems(path, value)
        waiting += _children(path, value)
    yield Problem((), f"found more than {MAX_VALUES} values; expected fewer", "plain-data")


def _children(path: Path, value: object) -> Iterator[tuple[tuple[str | int, ...], object]]:
    if isinstance(value, dict):
        yield from (((*path, key), item) for key, item in value.items() if isinstance(key, str))
    elif isinstance(value, list):
        yield from (((*path, index), item) for index, item in enumerate(value))


def _own_problems(path: tuple[str | int, ...], value: object) -> Iterator[Problem]:
    if isinstance(value, dict):
        for key in value:
            if not isinstance(key, str):
                yield Problem(
                    path, f"found the key {key!r}; expected text: put it in quotes", "plain-data"
                )
    elif isinstance(value, float):
        if not math.isfinite(value):
            yield Problem(path, f"found {value}; expected a value that JSON knows", "plain-data")
    elif not isinstance(value, str | int | list | None):
        yield Problem(
            path, f"found a {type(value).__name__}; expected a value that JSON knows", "plain-data"
        )
