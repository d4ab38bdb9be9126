"""Parameters of a document: does each default obey the parameter's own constraints."""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterator, Mapping
from typing import Any

from modules.document_checks.references import UNKNOWN_YET
from modules.policy.problems import Finding, choices, describe, quote

# What is wrong in Java's regular expressions, which Systems Manager uses, as well as in Python's.
_WRONG_EVERYWHERE = ("missing ), unterminated", "unbalanced parenthesis", "unterminated character")


def check_parameters(content: Mapping[str, Any], section: str = "parameters") -> Iterator[Finding]:
    """All that is wrong with the parameters, of Automation and Command documents alike."""
    for name, parameter in content.get(section, {}).items():
        path = (section, name)
        yield from _pattern(parameter, path)
        yield from _allowed(parameter, path)
        if "default" in parameter and not UNKNOWN_YET.search(str(parameter["default"])):
            yield from _default(parameter, (*path, "default"))


def _pattern(parameter: Mapping[str, Any], path: tuple[str, ...]) -> Iterator[Finding]:
    pattern = parameter.get("allowedPattern")
    if pattern is not None:
        problem = _compiled(pattern)
        if isinstance(problem, str) and problem.startswith(_WRONG_EVERYWHERE):
            message = f"found {quote(pattern)}, which is no regular expression ({problem})"
            yield Finding(
                (*path, "allowedPattern"), f"{message}; expected one", "parameter-pattern"
            )


def _allowed(parameter: Mapping[str, Any], path: tuple[str, ...]) -> Iterator[Finding]:
    """Allowed values that can be none of the parameter: what reads as its type is taken for it."""
    reads, words = _READS.get(parameter["type"], ("", ""))
    for index, value in enumerate(parameter.get("allowedValues", [])):
        if reads and not re.fullmatch(reads, _plain(value)):
            message = f"found {describe(value)}; expected {words}, as the parameter is"
            yield Finding((*path, "allowedValues", index), message, "wrong-type")


_READS = {
    "Integer": (r"-?[0-9]+", "a whole number"),
    "Boolean": ("(?i:true|false)", "true or false"),
}


def _compiled(pattern: str) -> re.Pattern[str] | str:
    """The expression, or what Python finds wrong with it."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of sets in sets, which Java has
        try:
            return re.compile(pattern)
        except (re.error, RecursionError, OverflowError) as error:
            return str(error)


def _default(parameter: Mapping[str, Any], path: tuple[str, ...]) -> Iterator[Finding]:
    default = parameter["default"]
    if default in ("", [], {}, None):
        return  # for Systems Manager, nothing is no value that could be wrong
    allowed = parameter.get("allowedValues")
    items = default if isinstance(default, list) else [default]
    if allowed and any(_plain(item) not in map(_plain, allowed) for item in items):
        message = f"found {describe(default)}; expected {choices(map(describe, allowed))}"
        yield Finding(path, message, "parameter-default")
    yield from _too_few_or_many(parameter, path)
    pattern = parameter.get("allowedPattern")
    if pattern and not any(_fits(pattern, texts) for texts in _readings(default)):
        message = f"found {_shown(default)}; expected what {quote(pattern)} matches"
        yield Finding(path, message, "parameter-default")


def _readings(default: Any) -> Iterator[list[str]]:
    """The texts that a pattern has to match: of a list its items, or, as some are written, all."""
    if isinstance(default, list) and all(isinstance(item, str) for item in default):
        yield [item for item in default if item]
        yield [",".join(default)]
    else:
        yield [default] if isinstance(default, str) else []


def _fits(pattern: str, texts: list[str]) -> bool:
    return all(_matches(pattern, text) for text in texts)


def _shown(default: Any) -> str:
    return quote(default if isinstance(default, str) else ", ".join(default))


def _plain(value: Any) -> str:
    """A value as Systems Manager compares it: `true` and "true" are the same."""
    return str(value).lower() if isinstance(value, bool) else str(value)


def _too_few_or_many(parameter: Mapping[str, Any], path: tuple[str, ...]) -> Iterator[Finding]:
    default = parameter["default"]
    for kind, least, most, unit in (
        (str, "minChars", "maxChars", "characters"),
        (list, "minItems", "maxItems", "items"),
    ):
        if isinstance(default, kind):
            count = len(default)
            if count < parameter.get(least, 0):
                message = f"found {count} {unit}; expected at least {parameter[least]}"
                yield Finding(path, message, "parameter-default")
            if count > parameter.get(most, count):
                message = f"found {count} {unit}; expected at most {parameter[most]}"
                yield Finding(path, message, "parameter-default")


def _matches(pattern: str, text: str) -> bool:
    """Whether the text matches; True where only Java could tell, or where it could take long."""
    compiled = _compiled(pattern)
    if isinstance(compiled, str) or "&&" in pattern or not _is_quick(pattern, text):
        return True
    return compiled.search(text) is not None


def _is_quick(pattern: str, text: str) -> bool:
    """Whether even the worst pattern of this form is tried in a moment.

    Each repetition can multiply the ways by the text's length, each option by two, each group of
    alternatives by their number; a repetition in others has ways for each character.
    """
    repetitions = len(re.findall(r"[*+]|\{[0-9]*,", pattern))
    options = len(re.findall(r"(?<![(*+?}])\?", pattern))
    nested = len(re.findall(r"\)(?:[*+]|\{[0-9]*,?)", pattern))
    groups = pattern.count("(") + 1
    alternatives = (pattern.count("|") / groups + 1) ** min(groups, 100)
    ways = float(len(text) + 1) ** min(repetitions, 20) * 2.0 ** min(options, 100) * alternatives
    ways_inside = float(nested + 1) ** min(len(text), 100) if nested else 1
    return ways < _MOST_WAYS and ways_inside < _MOST_WAYS


_MOST_WAYS = 10**7
