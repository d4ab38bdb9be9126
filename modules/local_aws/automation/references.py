"""`{{ references }}`: what they stand for, and how they are put into an input.

Sources: "Automation system variables", "Using action outputs as inputs" and "Variables in runbooks"
in the Systems Manager User Guide. Types are static: a reference that is the whole text keeps the
type of what it stands for, one inside a text becomes text. A list inside a list is laid flat, as in
AWS's own samples: `InstanceIds: ["{{ InstanceIds }}"]`.
"""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

_REFERENCE = re.compile(r"\{\{\s*([A-Za-z0-9_.\-]+(?:\s*:\s*[A-Za-z0-9_.\-]+)?)\s*\}\}")

Find = Callable[[str], Any]


class UnresolvedError(Exception):
    """A reference to something that is not there, or not yet."""

    def __init__(self, name: str) -> None:
        super().__init__(f"{{{{ {name} }}}} is not defined, or has no value yet.")


class AbsentOutputError(UnresolvedError):
    """A reference to an output whose selector found nothing."""


ABSENT = object()
"""The value of an output whose selector found nothing."""


def resolve(value: Any, find: Find) -> Any:
    """A value with all references replaced; UnresolvedError."""
    if isinstance(value, str):
        return _resolve_text(value, find)
    if isinstance(value, Mapping):
        return {key: resolve(item, find) for key, item in value.items()}
    if isinstance(value, list):
        return _resolve_list(value, find)
    return value


def name_of(text: object) -> str | None:
    """The name, where a text is one reference and nothing else."""
    whole = _REFERENCE.fullmatch(text.strip()) if isinstance(text, str) else None
    return _name(whole) if whole else None


def _name(reference: re.Match[str]) -> str:
    """AWS's own samples put blanks around the colon of `variable: name`."""
    return re.sub(r"\s", "", reference[1])


def _resolve_text(text: str, find: Find) -> Any:
    name = name_of(text)
    return find(name) if name else _REFERENCE.sub(lambda m: as_text(find(_name(m))), text)


def _resolve_list(items: list[Any], find: Find) -> list[Any]:
    resolved: list[Any] = []
    for item in items:
        value = resolve(item, find)
        is_reference = name_of(item) is not None
        resolved.extend(value if is_reference and isinstance(value, list) else [value])
    return resolved


def as_text(value: object) -> str:
    """A value as it appears inside a text, and in the API: JSON, but for texts themselves."""
    if isinstance(value, str):
        return value
    if isinstance(value, bytes):
        return base64.b64encode(value).decode()
    if isinstance(value, datetime):
        return value.isoformat()
    return json.dumps(value, default=as_text)


def as_texts(value: object) -> list[str]:
    """A value as the API lists it: an item for each of a list's."""
    return [as_text(item) for item in value] if isinstance(value, list) else [as_text(value)]


def _inside(value: Any, keys: list[str], name: str) -> Any:
    """What is at the end of a path of keys into a map."""
    for key in keys:
        if not isinstance(value, Mapping) or key not in value:
            raise UnresolvedError(name)
        value = value[key]
    return value


@dataclass
class Names:
    """Everything that a reference of one execution can name.

    `system` gives the system variables at the moment: the times are those of the step that asks.
    """

    parameters: Mapping[str, Any]
    system: Callable[[], Mapping[str, str]]
    variables: dict[str, Any] = field(default_factory=dict)
    outputs: dict[str, dict[str, Any]] = field(default_factory=dict)

    def find(self, name: str) -> Any:
        """What a name stands for; UnresolvedError."""
        for holder, key in self._places(name):
            if holder.get(key) is ABSENT:
                raise AbsentOutputError(name)
            if key in holder:
                return holder[key]
            outer, *inside = key.split(".")
            if inside and outer in holder:
                return _inside(holder[outer], inside, name)
        raise UnresolvedError(name)

    def _places(self, name: str) -> list[tuple[Mapping[str, Any], str]]:
        if name.startswith(("global:", "automation:")):
            return [(self.system(), name)]
        if name.startswith("variable:"):
            return [(self.variables, name.removeprefix("variable:"))]
        step, dot, output = name.partition(".")
        return [(self.outputs.get(step, {}), output)] if dot else [(self.parameters, name)]
