"""The parameters that an execution is started with: checked, and given their declared types.

Sources: API reference of StartAutomationExecution; "SSM document data elements and parameters".
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from modules.local_aws.automation.executions import Values
from modules.local_aws.automation.references import as_text, as_texts
from modules.local_aws.errors import AwsError
from modules.local_aws.java_patterns import compiled

MAX_LENGTH = 512  # AutomationParameterValue
MAX_VALUES = 50  # AutomationParameterValueList

Declared = Mapping[str, Mapping[str, Any]]
Stored = Callable[[str], str]

_STORED = re.compile(r"\{\{\s*ssm:([\w./\-]+)\s*\}\}")


def bind(declared: Declared, given: Values, stored: Stored) -> dict[str, Any]:
    """The value of every parameter, a default where none is given.

    `stored` gives the value of a parameter in Parameter Store: a default may name one.
    AwsError: InvalidAutomationExecutionParametersException, ValidationException.
    """
    unknown = sorted(set(given) - set(declared))
    if unknown:
        raise _invalid(f"Parameter {', '.join(unknown)} is not defined in the document.")
    return {name: _value(name, declared[name], given.get(name), stored) for name in declared}


def as_lists(declared: Declared, given: Values) -> dict[str, list[str]]:
    """The parameters as GetAutomationExecution shows them, the defaults among them."""
    defaults = {n: as_texts(d["default"]) for n, d in declared.items() if "default" in d}
    return defaults | {name: list(values) for name, values in given.items()}


def _value(
    name: str, declaration: Mapping[str, Any], given: Sequence[str] | None, stored: Stored
) -> Any:
    if given is not None:
        _check_size(name, given)
        value = _typed(name, str(declaration["type"]), given)
    elif "default" in declaration:
        texts = [_STORED.sub(lambda m: stored(m[1]), t) for t in as_texts(declaration["default"])]
        value = _typed(name, str(declaration["type"]), texts)
        if value in ("", [], {}):  # nothing is no value that could be wrong
            return value
    else:
        raise _invalid(f"Parameter {name} requires a value: it has no default.")
    _check_allowed(name, declaration, value)
    return value


def _check_size(name: str, given: Sequence[str]) -> None:
    longest = max(map(len, given), default=0)
    if longest > MAX_LENGTH:
        raise AwsError(
            "ValidationException",
            f"Parameter {name} is {longest} characters long; an Automation parameter's value must "
            f"have length less than or equal to {MAX_LENGTH}.",
        )
    if len(given) > MAX_VALUES:
        raise AwsError("ValidationException", f"Parameter {name} has more than {MAX_VALUES} values")


def _typed(name: str, kind: str, texts: Sequence[str]) -> Any:
    if kind == "StringList" or kind.startswith("List<"):
        return list(texts)
    if kind == "MapList":
        return [_object(name, text) for text in texts]
    if len(texts) != 1:
        raise _invalid(f"Parameter {name} takes one value; it was given {len(texts)}.")
    return _single(name, kind, texts[0])


def _single(name: str, kind: str, text: str) -> Any:
    if kind == "StringMap":
        return _object(name, text)
    if kind == "Boolean":
        if text.lower() not in {"true", "false"}:
            raise _invalid(f"Parameter {name} is {text!r}, neither true nor false.")
        return text.lower() == "true"
    if kind == "Integer":
        if not re.fullmatch(r"-?\d+", text):
            raise _invalid(f"Parameter {name} is {text!r}, not an integer.")
        return int(text)
    return text


def _object(name: str, text: str) -> dict[str, Any]:
    try:
        value = json.loads(text)
    except ValueError:
        value = None
    if not isinstance(value, dict):
        raise _invalid(f"Parameter {name} is {text!r}, not a JSON object.")
    return value


def _check_allowed(name: str, declaration: Mapping[str, Any], value: object) -> None:
    allowed, pattern = declaration.get("allowedValues"), declaration.get("allowedPattern")
    for item in value if isinstance(value, list) else [value]:
        if allowed is not None and as_text(item) not in map(as_text, allowed):
            raise _invalid(f"Parameter {name} is {item!r}; allowed are {allowed}.")
        expression = compiled(str(pattern)) if pattern is not None else None
        if expression is not None and not expression.search(str(item)):
            raise _invalid(f"Parameter {name} is {item!r}, which does not match {pattern}.")
    count = len(value) if isinstance(value, list | dict) else None
    size = len(value) if isinstance(value, str) else None
    for actual, low, high in ((count, "minItems", "maxItems"), (size, "minChars", "maxChars")):
        if actual is not None and not (
            int(declaration.get(low, 0)) <= actual <= int(declaration.get(high, actual))
        ):
            raise _invalid(f"Parameter {name} has {actual}, outside of its {low} and {high}.")


def _invalid(message: str) -> AwsError:
    return AwsError("InvalidAutomationExecutionParametersException", message)
