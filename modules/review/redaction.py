"""Values of sensitive variables, wherever else in a report they would stand.

Terraform marks what a sensitive variable goes into, but not what a provider makes of it: the JSON
of a data source shows it, and so does Terraform's own plan. A review does not.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import fields, is_dataclass, replace
from typing import Any, TypeVar

SHORTEST = 8  # shorter values are words that stand everywhere
SHOWN = "(sensitive)"
T = TypeVar("T")


def secrets_of(document: Mapping[str, Any]) -> tuple[str, ...]:
    """The values of the root module's sensitive variables, longest first."""
    root = (document.get("configuration") or {}).get("root_module") or {}
    declared = root.get("variables") or {}
    given = document.get("variables") or {}
    found = {
        text
        for name, variable in declared.items()
        if variable.get("sensitive") is True
        for text in _texts((given.get(name) or {}).get("value"))
    }
    return tuple(sorted(found, key=lambda each: (-len(each), each)))


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str) and len(value) >= SHORTEST:
        yield value
    elif isinstance(value, Mapping):
        for each in value.values():
            yield from _texts(each)
    elif isinstance(value, list):
        for each in value:
            yield from _texts(each)


def redacted(value: T, secrets: Sequence[str]) -> T:
    """A report, or a part of it, in which no secret stands."""
    return _redacted(value, secrets) if secrets else value


def _redacted(value: Any, secrets: Sequence[str]) -> Any:
    if type(value) is str:  # the enumerations of a report are its own words
        for secret in secrets:
            value = value.replace(secret, SHOWN)
        return value
    if isinstance(value, tuple):
        return tuple(_redacted(each, secrets) for each in value)
    if is_dataclass(value) and not isinstance(value, type):
        changed = {
            each.name: _redacted(getattr(value, each.name), secrets) for each in fields(value)
        }
        return replace(value, **changed)
    return value
