"""The conditions of aws:branch and of aws:loop.

Source: "Creating dynamic automations with conditional branching" in the Systems Manager User Guide.
"""

from __future__ import annotations

import contextlib
import json
import operator
from collections.abc import Callable, Mapping
from typing import Any

from modules.local_aws.automation.references import AbsentOutputError
from modules.local_aws.automation.step_failures import StepError

Resolve = Callable[[Any], Any]
Compare = Callable[[Any, Any], bool]
Note = Callable[[str, bool], None]


def _forget(_place: str, _outcome: bool) -> None:
    """Nobody wants to know."""


def _texts(compare: Callable[[str, str], bool]) -> Compare:
    return lambda value, wanted: (
        isinstance(value, str) and isinstance(wanted, str) and compare(value, wanted)
    )


def _numbers(compare: Compare) -> Compare:
    return lambda value, wanted: _is_number(value) and _is_number(wanted) and compare(value, wanted)


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _booleans(value: object, wanted: object) -> bool:
    return isinstance(value, bool) and value is wanted


def _operand(name: str, operand: Any) -> Any:
    """What a condition compares with, where a document writes a number or a boolean as text."""
    if isinstance(operand, str) and name.startswith(("Numeric", "Boolean")):
        with contextlib.suppress(ValueError):
            return json.loads(operand.lower())
    return operand


_OPERATORS: Mapping[str, Compare] = {
    "StringEquals": _texts(operator.eq),
    "EqualsIgnoreCase": _texts(lambda value, wanted: value.lower() == wanted.lower()),
    "StartsWith": _texts(str.startswith),
    "EndsWith": _texts(str.endswith),
    "Contains": _texts(lambda value, wanted: wanted in value),
    "NumericEquals": _numbers(operator.eq),
    "NumericGreater": _numbers(operator.gt),
    "NumericLesser": _numbers(operator.lt),
    "NumericGreaterOrEquals": _numbers(operator.ge),
    "NumericLesserOrEquals": _numbers(operator.le),
    "BooleanEquals": _booleans,
}


def holds(
    condition: Mapping[str, Any], resolve: Resolve, note: Note = _forget, place: str = ""
) -> bool:
    """Whether a condition is true.

    Of And and Or, no more is looked at than is needed. `note` is told of each comparison that is
    made: its place in the condition, such as `And[1].Not`, and how it came out.
    """
    for name, combine in (("And", all), ("Or", any)):
        if name in condition:
            parts = enumerate(condition[name])
            return combine(
                holds(part, resolve, note, _join(place, f"{name}[{index}]"))
                for index, part in parts
            )
    if "Not" in condition:
        return not holds(condition["Not"], resolve, note, _join(place, "Not"))
    outcome = _compare(condition, resolve)
    note(place, outcome)
    return outcome


def _join(place: str, part: str) -> str:
    return f"{place}.{part}" if place else part


def _compare(condition: Mapping[str, Any], resolve: Resolve) -> bool:
    names = condition.keys() - {"Variable", "NextStep"}
    unknown = names - _OPERATORS.keys()
    if unknown or len(names) != 1:
        raise StepError(f"Expected one operator in a condition; found {', '.join(sorted(names))}.")
    name = names.pop()
    wanted = _resolved(_operand(name, condition[name]), resolve)
    return _OPERATORS[name](_resolved(condition["Variable"], resolve), wanted)


def _resolved(part: Any, resolve: Resolve) -> Any:
    """A part of a condition; a reference to an absent output stays the text that it is.

    AWS does not document it, but publishes runbooks (one restarts NICE DCV servers) that tell an
    instance without a platform by `Variable: "{{ GetInstance.platform }}"`, and that it
    `Contains: GetInstance.platform`.
    """
    try:
        return resolve(part)
    except AbsentOutputError:
        return part
