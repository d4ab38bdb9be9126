"""Wildcards, policy variables and ARNs: how one string of a policy is held against a value.

Source: IAM User Guide, "IAM policy elements: Variables and tags", "IAM JSON policy elements:
Resource" and "Condition operators".
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import lru_cache

Context = Mapping[str, tuple[str, ...]]
"""The request context: condition key, in lower case -> its values; most have one."""

_VARIABLE = re.compile(r"\$\{([^}]*)\}")
_LITERALS = {"*": "*", "?": "?", "$": "$"}


def context_of(values: Mapping[str, str | Iterable[str] | None]) -> dict[str, tuple[str, ...]]:
    """A context from plain values. Keys are case-insensitive; None means that the key is absent."""
    return {
        key.lower(): (value,) if isinstance(value, str) else tuple(value)
        for key, value in values.items()
        if value is not None
    }


def matches(
    pattern: str, value: str, context: Context | None, *, ignore_case: bool = False
) -> bool:
    """Whether a pattern with `*`, `?` and `${variables}` matches all of a value.

    `context=None` leaves `${...}` as it stands, as policies older than 2012-10-17 do. A variable
    that the request does not have matches nothing.
    """
    return _fits(pattern, value, context, wildcards=True, ignore_case=ignore_case)


def equals(
    expected: str, value: str, context: Context | None, *, ignore_case: bool = False
) -> bool:
    """Whether a text with `${variables}`, but without wildcards, is a value."""
    return _fits(expected, value, context, wildcards=False, ignore_case=ignore_case)


def arn_matches(pattern: str, value: str, context: Context | None) -> bool:
    """Whether an ARN matches, each of its six parts by itself."""
    wanted, given = pattern.split(":", 5), value.split(":", 5)
    if len(wanted) != 6 or len(given) != 6:
        return pattern == "*"
    return all(matches(w, g, context) for w, g in zip(wanted, given, strict=True))


def _fits(
    pattern: str, value: str, context: Context | None, *, wildcards: bool, ignore_case: bool
) -> bool:
    if "${" not in pattern:
        return _compiled(pattern, wildcards, ignore_case).fullmatch(value) is not None
    expression = _expression(pattern, context, wildcards=wildcards)
    flags = re.DOTALL | (re.IGNORECASE if ignore_case else 0)
    return expression is not None and re.fullmatch(expression, value, flags) is not None


@lru_cache(maxsize=4096)
def _compiled(pattern: str, wildcards: bool, ignore_case: bool) -> re.Pattern[str]:
    """Policies say the same again and again, of thousands of nodes."""
    expression = _wildcards(pattern, wildcards)
    return re.compile(expression, re.DOTALL | (re.IGNORECASE if ignore_case else 0))


def _expression(pattern: str, context: Context | None, *, wildcards: bool) -> str | None:
    """The regular expression of a pattern; what a variable stands for is taken literally."""
    parts: list[str] = []
    position = 0
    for variable in _VARIABLE.finditer(pattern) if context is not None else ():
        value = _value_of(variable.group(1), context or {})
        if value is None:
            return None
        parts += [_wildcards(pattern[position : variable.start()], wildcards), re.escape(value)]
        position = variable.end()
    parts.append(_wildcards(pattern[position:], wildcards))
    return "".join(parts)


def _wildcards(text: str, wildcards: bool) -> str:
    escaped = re.escape(text)
    return escaped.replace(r"\*", ".*").replace(r"\?", ".") if wildcards else escaped


def _value_of(variable: str, context: Context) -> str | None:
    """The value of a policy variable, or its default: `${aws:PrincipalTag/team, 'nobody'}`."""
    if variable in _LITERALS:
        return _LITERALS[variable]
    key, _, default = (part.strip() for part in variable.partition(","))
    values = context.get(key.lower(), ())
    if len(values) == 1:
        return values[0]
    return default.strip("'") if default else None
