"""Values of a plan that are not there to be read: unknown ones, and sensitive ones.

Source: "JSON Output Format" of Terraform's documentation, "Change representation": `after_unknown`,
`before_sensitive` and `after_sensitive` have the shape of the value, with `true` where it applies.
"""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

_KEY: Final = secrets.token_bytes(16)


@dataclass(frozen=True)
class Unknown:
    """A value that Terraform learns only during the apply."""

    def __str__(self) -> str:
        return "not known until apply"

    __repr__ = __str__


@dataclass(frozen=True)
class Sensitive:
    """A value that must not be shown; two of them can still be compared."""

    digest: bytes

    def __str__(self) -> str:
        return "sensitive, not shown"

    __repr__ = __str__


UNKNOWN: Final = Unknown()
Hidden = Unknown | Sensitive


def is_hidden(value: object) -> bool:
    """Whether a value cannot be read from the plan."""
    return isinstance(value, Unknown | Sensitive)


def has_unknown(value: object) -> bool:
    """Whether a value, or one somewhere inside it, is unknown."""
    if isinstance(value, Mapping):
        return any(has_unknown(each) for each in value.values())
    if isinstance(value, list):
        return any(has_unknown(each) for each in value)
    return isinstance(value, Unknown)


def masked(value: Any, unknown: Any, sensitive: Any) -> Any:
    """The value with `UNKNOWN` and `Sensitive` at the places that the two masks mark."""
    if unknown is True:
        return UNKNOWN
    if sensitive is True:
        return concealed(value)
    if not _marks(unknown) and not _marks(sensitive):
        return value
    if isinstance(value, list) or isinstance(unknown, list):
        return _masked_list(value or [], unknown, sensitive)
    return _masked_map(value or {}, unknown, sensitive)


def _masked_list(value: Any, unknown: Any, sensitive: Any) -> Any:
    unknowns = unknown if isinstance(unknown, list) else []
    sensitives = sensitive if isinstance(sensitive, list) else []
    values = value if isinstance(value, list) else []
    length = max(len(values), len(unknowns))
    return [masked(_at(values, n), _at(unknowns, n), _at(sensitives, n)) for n in range(length)]


def _masked_map(value: Any, unknown: Any, sensitive: Any) -> Any:
    unknowns = unknown if isinstance(unknown, Mapping) else {}
    sensitives = sensitive if isinstance(sensitive, Mapping) else {}
    if not isinstance(value, Mapping):
        return Sensitive(_digest(value))  # a mask that does not fit: rather hidden than shown
    keys = [*value, *(key for key in unknowns if key not in value and _marks(unknowns[key]))]
    return {key: masked(value.get(key), unknowns.get(key), sensitives.get(key)) for key in keys}


def _marks(mask: Any) -> bool:
    if isinstance(mask, Mapping):
        return any(_marks(each) for each in mask.values())
    if isinstance(mask, list):
        return any(_marks(each) for each in mask)
    return mask is True


def _at(values: list[Any], number: int) -> Any:
    return values[number] if number < len(values) else None


def concealed(value: Any) -> Sensitive:
    """A value that holds a sensitive one, as a whole."""
    return Sensitive(_digest(value))


def _digest(value: Any) -> bytes:
    """Keyed with a random number of this process, so that it tells nothing outside of it."""
    text = json.dumps(value, sort_keys=True, default=_within).encode()
    return hashlib.blake2b(text, key=_KEY, digest_size=16).digest()


def measured(value: Any) -> str:
    """What stands for a value that is too long to be shown."""
    return str(value) if is_hidden(value) else f"{len(shown(value))} characters"


def _within(value: Any) -> str:
    """A sensitive value inside of one."""
    return value.digest.hex() if isinstance(value, Sensitive) else str(value)


def shown(value: Any) -> str:
    """A value for a reader, on one line."""
    if value is None:
        return "nothing"
    if isinstance(value, str):
        return value
    if isinstance(value, Mapping | list):
        return json.dumps(value, default=str, ensure_ascii=False, sort_keys=True)
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)
