"""IAM policy documents as sets, so that order, case and one-or-many do not matter.

Source: "IAM JSON policy elements reference" of the IAM User Guide.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from modules.review.model.document import parsed

Elements = Mapping[str, frozenset[str]]
_SETS = ("Action", "NotAction", "Resource", "NotResource")


@dataclass(frozen=True, kw_only=True)
class Statement:
    """One statement: values by element; principals as `AWS:*`, conditions as `Operator key=value`.

    An element that is not there is not in `elements`. IAM ignores the case of actions: they are
    lower-case there, and as they were written in `written`.
    """

    sid: str
    effect: str
    elements: Elements
    written: Mapping[str, str] = field(default_factory=dict)

    def values(self, element: str) -> frozenset[str]:
        """An element's values; none where the statement lacks it."""
        return self.elements.get(element, frozenset())

    @property
    def key(self) -> tuple[str, Any]:
        """Everything that has an effect: not the Sid."""
        return self.effect, tuple(sorted((k, tuple(sorted(v))) for k, v in self.elements.items()))

    @property
    def everything(self) -> frozenset[str]:
        """The values that cover every action of something."""
        wild = {each for each in self.values("Action") if each == "*" or each.endswith(":*")}
        return frozenset(wild | {f"all but {each}" for each in self.values("NotAction")})

    @property
    def everybody(self) -> bool:
        """Whether it is for anybody, under no condition."""
        anyone = {"AWS:*", "*"} & self.values("Principal") or self.values("NotPrincipal")
        return bool(anyone) and not self.values("Condition")


def statements(text: Any) -> tuple[Statement, ...] | None:
    """The statements of a policy document; None where it cannot be read."""
    document = parsed(text) if text else {}
    if not isinstance(document, Mapping):
        return None
    found = document.get("Statement", [])
    entries = found if isinstance(found, list) else [found]
    if not all(isinstance(entry, Mapping) for entry in entries):
        return None
    return tuple(_statement(entry) for entry in entries)


def _statement(entry: Mapping[str, Any]) -> Statement:
    elements: dict[str, frozenset[str]] = {}
    for name in _SETS:
        if name in entry:
            elements[name] = _texts(entry[name], lower=name.endswith("Action"))
    for name in ("Principal", "NotPrincipal"):
        if name in entry:
            elements[name] = _principals(entry[name])
    conditions = _conditions(entry.get("Condition"))
    if conditions:
        elements["Condition"] = conditions
    actions = _texts(entry.get("Action", [])) | _texts(entry.get("NotAction", []))
    return Statement(
        sid=str(entry.get("Sid") or ""),
        effect=str(entry.get("Effect")),
        elements=elements,
        written={each.lower(): each for each in sorted(actions)},
    )


def _texts(value: Any, *, lower: bool = False) -> frozenset[str]:
    values = value if isinstance(value, list) else [value]
    texts = (each if isinstance(each, str) else json.dumps(each, default=str) for each in values)
    return frozenset(each.lower() if lower else each for each in texts)


def _principals(value: Any) -> frozenset[str]:
    if not isinstance(value, Mapping):
        return frozenset(f"AWS:{each}" if each == "*" else each for each in _texts(value))
    return frozenset(
        f"{kind}:{each}" for kind, each_value in value.items() for each in _texts(each_value)
    )


def _conditions(value: Any) -> frozenset[str]:
    if not isinstance(value, Mapping):
        return frozenset()
    return frozenset(
        f"{operator} {key} = {' or '.join(sorted(_texts(values)))}"
        for operator, keys in value.items()
        if isinstance(keys, Mapping)
        for key, values in keys.items()
    )
