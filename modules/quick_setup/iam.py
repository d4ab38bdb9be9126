"""IAM policy documents as frozen values, and how they become JSON."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

Conditions = Mapping[str, Mapping[str, str | tuple[str, ...]]]
Principals = Mapping[str, str | tuple[str, ...]]


def _nothing() -> Mapping[str, Any]:
    return MappingProxyType({})


@dataclass(frozen=True, kw_only=True)
class Statement:
    """One statement; `principals` is None in an identity policy, and "*" for everybody."""

    sid: str
    actions: tuple[str, ...]
    resources: tuple[str, ...] = ()
    effect: str = "Allow"
    principals: Principals | str | None = None
    conditions: Conditions = field(default_factory=_nothing)


@dataclass(frozen=True, kw_only=True)
class InlinePolicy:
    """A named policy inside a role; `purpose` tells it from the role's other policies."""

    purpose: str
    name: str
    statements: tuple[Statement, ...]


@dataclass(frozen=True, kw_only=True)
class RoleSpec:
    """A role: who may assume it, and what it may do."""

    name: str
    description: str
    trust: tuple[Statement, ...]
    inline_policies: tuple[InlinePolicy, ...] = ()
    tags: Mapping[str, str] = field(default_factory=_nothing)


def policy_document(statements: Sequence[Statement]) -> dict[str, object]:
    """The statements as a policy document; one value stands alone, as AWS gives it back."""
    return {
        "Version": "2012-10-17",
        "Statement": [_statement_json(statement) for statement in statements],
    }


def _statement_json(statement: Statement) -> dict[str, object]:
    members: dict[str, object] = {"Sid": statement.sid, "Effect": statement.effect}
    if isinstance(statement.principals, str):
        members["Principal"] = statement.principals
    elif statement.principals is not None:
        members["Principal"] = {k: _one_or_many(v) for k, v in statement.principals.items()}
    members["Action"] = _one_or_many(statement.actions)
    if statement.resources:
        members["Resource"] = _one_or_many(statement.resources)
    if statement.conditions:
        members["Condition"] = {
            operator: {key: _one_or_many(value) for key, value in keys.items()}
            for operator, keys in statement.conditions.items()
        }
    return members


def _one_or_many(value: str | tuple[str, ...]) -> str | list[str]:
    if isinstance(value, str):
        return value
    return value[0] if len(value) == 1 else list(value)
