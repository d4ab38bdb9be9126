"""An input variable of a module, as plain data."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from modules.provider.expressions import literal, reference

REQUIRED: Final = object()
"""The default of a variable that has none."""


@dataclass(frozen=True, kw_only=True)
class Validation:
    """What must hold for the value; `condition` is an expression."""

    condition: str
    error_message: str


@dataclass(frozen=True, kw_only=True)
class Variable:
    """An input. `default` and `description` are texts as they are meant, not templates."""

    name: str
    type: str
    description: str
    default: object = REQUIRED
    nullable: bool = False
    validations: tuple[Validation, ...] = ()

    def to_terraform(self) -> dict[str, Any]:
        """The block in Terraform's JSON, with templates."""
        block: dict[str, Any] = {"description": literal(self.description), "type": self.type}
        if not self.nullable:
            block["nullable"] = False
        if self.default is not REQUIRED:
            # Last, so that one of several lines does not move the others.
            block["default"] = _literal(self.default)
        if self.validations:
            block["validation"] = [
                {
                    "condition": reference(each.condition),
                    "error_message": literal(each.error_message),
                }
                for each in self.validations
            ]
        return block


def _literal(value: object) -> object:
    match value:
        case str():
            return literal(value)
        case Mapping():
            return {key: _literal(item) for key, item in value.items()}
        case Sequence():
            return [_literal(item) for item in value]
    return value
