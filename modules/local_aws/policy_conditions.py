"""The Condition element of an IAM policy.

Source: IAM User Guide, "IAM JSON policy elements: Condition operators" and "Set operators for
multivalued context keys".
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache, partial
from typing import Any

from modules.local_aws.policy_matching import Context, arn_matches, equals, matches

Match = Callable[[str, str, "Context | None"], bool]


def _bool(expected: str, value: str, _context: Context | None) -> bool:
    return expected.lower() == value.lower()


_MATCHES: Mapping[str, Match] = {
    "StringEquals": equals,
    "StringEqualsIgnoreCase": partial(equals, ignore_case=True),
    "StringLike": matches,
    "ArnEquals": arn_matches,
    "ArnLike": arn_matches,
    "Bool": _bool,
}
_NEGATED: Mapping[str, Match] = {
    "StringNotEquals": equals,
    "StringNotEqualsIgnoreCase": partial(equals, ignore_case=True),
    "StringNotLike": matches,
    "ArnNotEquals": arn_matches,
    "ArnNotLike": arn_matches,
}
OPERATORS = frozenset({*_MATCHES, *_NEGATED, "Null"})


class UnknownOperatorError(ValueError):
    """A condition operator that AWS does not have, or that is not evaluated here."""


@cache
def split_operator(operator: str) -> tuple[str, str, bool]:
    """An operator as written -> its set operator ("" for none), its name, and IfExists.

    Raises UnknownOperatorError: a condition is never skipped in silence.
    """
    set_operator, colon, name = operator.rpartition(":")
    if_exists = name.endswith("IfExists")
    name = name.removesuffix("IfExists")
    known_set = set_operator in {"ForAllValues", "ForAnyValue"} if colon else True
    if name not in OPERATORS or not known_set or (name == "Null" and if_exists):
        raise UnknownOperatorError(operator)
    return set_operator, name, if_exists


def conditions_hold(
    conditions: Mapping[str, Mapping[str, Any]], context: Context, *, variables: bool
) -> bool:
    """Whether all conditions of a statement are true of a request."""
    known = context if variables else None
    return all(
        _holds(operator, as_tuple(wanted), context.get(key.lower()), known)
        for operator, keys in conditions.items()
        for key, wanted in keys.items()
    )


def as_tuple(value: object) -> tuple[str, ...]:
    """A policy element that may be one value or a list; JSON's true is the text `true`."""
    if isinstance(value, str):
        return (value,)
    values = value if isinstance(value, list | tuple) else (value,)
    return tuple(str(v).lower() if isinstance(v, bool) else str(v) for v in values)


def _holds(
    operator: str, wanted: tuple[str, ...], given: tuple[str, ...] | None, known: Context | None
) -> bool:
    set_operator, name, if_exists = split_operator(operator)
    if name == "Null":
        return any((given is None) == (value.lower() == "true") for value in wanted)
    if given is None:
        return (
            if_exists or set_operator == "ForAllValues" or (name in _NEGATED and not set_operator)
        )
    verdicts = [_value_holds(name, wanted, value, known) for value in given]
    if set_operator == "ForAllValues":
        return all(verdicts)
    return any(verdicts)


def _value_holds(name: str, wanted: tuple[str, ...], value: str, known: Context | None) -> bool:
    """One value of the request: some wanted value matches it, or, negated, none does."""
    if name in _NEGATED:
        return not any(_NEGATED[name](w, value, known) for w in wanted)
    return any(_MATCHES[name](w, value, known) for w in wanted)
