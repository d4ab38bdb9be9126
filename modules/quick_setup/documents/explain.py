"""Say what JSON Schema errors mean, in the words of whoever wrote the document."""

from __future__ import annotations

import difflib
import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, cast

from jsonschema import ValidationError

from modules.policy.problems import printable
from modules.quick_setup.documents.problems import Problem

# Refused since 2024-12-04 in new documents, and not run since 2025-02-18:
# https://docs.aws.amazon.com/systems-manager/latest/userguide/automation-action-executeScript.html
DEAD_RUNTIMES = ("python3.6", "python3.7", "python3.8")


def explain(errors: Iterable[ValidationError]) -> list[Problem]:
    """The places and causes, in the order of the document, without the schema's machinery.

    A misspelled key is one problem: that the right one is missing is not told as well.
    """
    nearest = [each for error in errors for each in _nearest(error)]
    meant = {place for error in nearest for place in _meant_keys(error)}
    told = [error for error in nearest if not _is_told(error, meant)]
    return [problem for error in told for problem in _problems(error)]


def _nearest(error: ValidationError) -> Iterator[ValidationError]:
    """Where a value has several forms: all that is wrong with the one that it comes nearest to."""
    if not error.context or error.validator not in {"anyOf", "oneOf"} or _alternatives(error):
        yield error
        return
    form = _nearest_form(error.context).relative_schema_path[0]
    for each in error.context:
        if each.relative_schema_path[0] == form:
            yield from _nearest(each)


def _nearest_form(errors: Sequence[ValidationError]) -> ValidationError:
    """The first form of the right type; that of a reference only for what looks like one."""
    literal = [error for error in errors if not _wants_reference(error)]
    fitting = [error for error in errors if error.validator != "type" or error.path]
    candidates = fitting if "{{" in str(errors[0].instance) else _common(fitting, literal)
    return (candidates or literal or errors)[0]


def _common(first: list[Any], second: list[Any]) -> list[Any]:
    return [each for each in first if any(each is other for other in second)]


def _wants_reference(error: ValidationError) -> bool:
    return error.validator == "pattern" and r"\{\{" in str(error.validator_value)


Place = tuple[str | int, ...]


def _meant_keys(error: ValidationError) -> Iterator[Place]:
    """The places of the known keys that unknown ones are a misspelling of."""
    if error.validator == "additionalProperties":
        for key, known in _unknown_keys(error):
            yield from ((*error.absolute_path, near) for near in _near(key, known))


def _is_told(error: ValidationError, meant: set[Place]) -> bool:
    place = tuple(error.absolute_path)
    if error.validator in {"required", "oneOf", "anyOf"}:
        keys = [_missing_key(error)] if error.validator == "required" else _alternatives(error)
        return any((*place, key) in meant for key in keys)
    # A condition's Variable is out of place only as its comparison is misspelled.
    is_excluded = error.validator == "not" and place[-1:] == ("Variable",)
    return is_excluded and any(key[:-1] == place[:-1] for key in meant)


def _problems(error: ValidationError) -> Iterator[Problem]:
    place = tuple(error.absolute_path)
    if error.validator == "additionalProperties":
        for key, known in _unknown_keys(error):
            near = _near(key, known)
            expected = (
                near[0] if near else f"one of {', '.join(sorted(known))}" if known else "none"
            )
            message = f"found an unknown key; expected {expected}"
            yield Problem((*place, key), message, "unknown-key")
    elif error.validator == "required":
        message = "found nothing; expected this key"
        yield Problem((*place, _missing_key(error)), message, "missing-key")
    else:
        wording = WORDINGS.get(str(error.validator), _expected)
        yield Problem(place, wording(error), _rule(error))


def _rule(error: ValidationError) -> str:
    """The id of the rule that a keyword stands for (docs/document-rules.md)."""
    if error.instance in DEAD_RUNTIMES and list(error.path)[-1:] == ["Runtime"]:
        return "dead-runtime"
    if error.validator in {"anyOf", "oneOf"} and not _given(error):
        return "missing-key"
    return RULES.get(str(error.validator), "wrong-value")


def _unknown_keys(error: ValidationError) -> Iterator[tuple[str, list[str]]]:
    schema = cast("dict[str, dict[str, object]]", error.schema)
    known = list(schema.get("properties", {}))
    found = cast("dict[str, object]", error.instance)
    yield from ((key, known) for key in found if key not in known)


def _near(key: str, known: Sequence[str]) -> list[str]:
    """The known key that was meant; another case of it comes before another spelling."""
    same = [each for each in known if each.lower() == key.lower()]
    return same or difflib.get_close_matches(key, known, n=1)


def _missing_key(error: ValidationError) -> str:
    """jsonschema yields an error for each required key, and names it only in its message."""
    keys = cast("list[str]", error.validator_value)
    return next(key for key in keys if error.message.startswith(f"{key!r} "))


def _expected(error: ValidationError) -> str:
    rule = f"{error.validator} {_shortened(error.validator_value)}"
    return f"found {_shortened(error.instance)}; expected {rule}"


def _one_of(error: ValidationError) -> str:
    values = cast("list[object]", error.validator_value)
    known = ", ".join(map(str, values))
    return f"found {_shortened(error.instance)}; expected one of {known}"


def _type(error: ValidationError) -> str:
    types = error.validator_value
    names = [types] if isinstance(types, str) else cast("list[str]", types)
    words = " or ".join(TYPE_WORDS[name] for name in names)
    return f"found {_shortened(error.instance)}; expected {words}"


def _excluded(error: ValidationError) -> str:
    excluded = cast("dict[str, list[str]]", error.validator_value)
    if excluded:
        return f"found {' and '.join(excluded['required'])}; expected one of them alone"
    why = cast("dict[str, str]", error.schema).get("description")
    expected = f"expected none, as {why}" if why else "expected none"
    return f"found a key that is not supported here; {expected}"


def _choose(error: ValidationError) -> str:
    keys = _alternatives(error)
    if not keys:
        return f"found {_shortened(error.instance)}; expected another form"
    count = "exactly one" if error.validator == "oneOf" else "at least one"
    found = " and ".join(_given(error)) or "none"
    return f"found {found}; expected {count} of {', '.join(keys)}"


def _given(error: ValidationError) -> list[str]:
    found = error.instance if isinstance(error.instance, dict) else {}
    return [key for key in _alternatives(error) if key in found]


def _alternatives(error: ValidationError) -> list[str]:
    """The keys, where the schema only says which of them have to be there."""
    options = error.validator_value
    if isinstance(options, list) and all(option.keys() == {"required"} for option in options):
        return [key for option in options for key in option["required"]]
    return []


def _dependent(error: ValidationError) -> str:
    rules = cast("dict[str, list[str]]", error.validator_value)
    key = next(key for key in rules if f"dependency of {key!r}" in error.message)
    return f"found {key} without {', '.join(rules[key])}; expected both or none"


def _shortened(value: object) -> str:
    text = printable(json.dumps(value, ensure_ascii=False))
    return text if len(text) <= 100 else f"{text[:97]}..."


TYPE_WORDS = {
    "string": "text",
    "integer": "a whole number",
    "number": "a number",
    "boolean": "true or false",
    "array": "a list",
    "object": "a map",
    "null": "nothing",
}
RULES = {
    "type": "wrong-type",
    "anyOf": "exclusive-keys",
    "oneOf": "exclusive-keys",
    "not": "exclusive-keys",
    "dependentRequired": "missing-key",
}
WORDINGS: dict[str, Callable[[ValidationError], str]] = {
    "dependentRequired": _dependent,
    "enum": _one_of,
    "type": _type,
    "anyOf": _choose,
    "oneOf": _choose,
    "not": _excluded,
}
