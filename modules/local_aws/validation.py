"""Requests are held against botocore's models: required members, lengths, ranges, patterns, enums.

AWS answers what does not fit with ValidationException (`1 validation error detected: ...`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from modules.local_aws import java_patterns
from modules.local_aws.call import Parameters
from modules.local_aws.errors import AwsError

if TYPE_CHECKING:
    from botocore.model import ListShape, MapShape, Shape, StringShape, StructureShape

# S3 bodies are not decoded here, and EC2 has codes of its own for every parameter.
EXEMPT = frozenset({"s3", "ec2"})
_CODES = {"iam": "ValidationError", "sts": "ValidationError", "logs": "InvalidParameterException"}


def check_request(service: str, shape: Shape | None, parameters: Parameters) -> None:
    """Raise the AwsError for parameters that do not fit the operation's input shape."""
    if service == "ec2" and shape is not None:
        _check_required(shape, parameters)
    if service in EXEMPT or shape is None:
        return
    problems = list(_problems(shape, parameters, ""))
    if problems:
        count = f"{len(problems)} validation error{'s' if len(problems) > 1 else ''} detected: "
        code = _CODES.get(service, "ValidationException")
        raise AwsError(code, count + "; ".join(problems))


def _check_required(shape: Shape, parameters: Parameters) -> None:
    """An empty list, which SDKs let pass, is nothing in EC2's protocol ("Common client errors")."""
    required: list[str] = getattr(shape, "required_members", [])
    for name in required:
        if name not in parameters:
            raise AwsError("MissingParameter", f"The request must contain the parameter {name}")


def _problems(shape: Shape, value: object, path: str) -> Iterator[str]:
    check = _CHECKS.get(shape.type_name)
    if check is not None:
        yield from check(shape, value, path)


def _structure(shape: StructureShape, value: object, path: str) -> Iterator[str]:
    if not isinstance(value, Mapping):
        yield _problem(path, value, "be an object")
        return
    for name in shape.required_members:
        if value.get(name) is None:
            yield _problem(_join(path, name), None, "not be null")
    for name, member in shape.members.items():
        if value.get(name) is not None:
            yield from _problems(member, value[name], _join(path, name))


def _list(shape: ListShape, value: object, path: str) -> Iterator[str]:
    if not isinstance(value, list):
        yield _problem(path, value, "be a list")
        return
    yield from _size(shape, len(value), value, path, "length")
    for index, item in enumerate(value, start=1):
        yield from _problems(shape.member, item, f"{path}.{index}.member")


def _map(shape: MapShape, value: object, path: str) -> Iterator[str]:
    if not isinstance(value, Mapping):
        yield _problem(path, value, "be an object")
        return
    yield from _size(shape, len(value), value, path, "length")
    for key, item in value.items():
        yield from _problems(shape.key, key, f"{path}.key")
        yield from _problems(shape.value, item, f"{path}.{key}.member")


def _string(shape: StringShape, value: object, path: str) -> Iterator[str]:
    if not isinstance(value, str):
        yield _problem(path, value, "be a string")
        return
    yield from _size(shape, len(value), value, path, "length")
    if shape.enum and value not in shape.enum:
        yield _problem(path, value, f"satisfy enum value set: [{', '.join(shape.enum)}]")
    pattern = shape.metadata.get("pattern")
    compiled = java_patterns.compiled(pattern) if pattern else None
    if compiled is not None and not compiled.fullmatch(value):
        yield _problem(path, value, f"satisfy regular expression pattern: {pattern}")


def _number(shape: Shape, value: object, path: str) -> Iterator[str]:
    if isinstance(value, bool) or not isinstance(value, int | float):
        yield _problem(path, value, "be a number")
        return
    yield from _size(shape, value, value, path, "value")


def _boolean(_shape: Shape, value: object, path: str) -> Iterator[str]:
    if not isinstance(value, bool):
        yield _problem(path, value, "be a boolean")


def _size(shape: Shape, size: float, value: object, path: str, what: str) -> Iterator[str]:
    low, high = shape.metadata.get("min"), shape.metadata.get("max")
    if low is not None and size < low:
        yield _problem(path, value, f"have {what} greater than or equal to {low}")
    if high is not None and size > high:
        yield _problem(path, value, f"have {what} less than or equal to {high}")


_CHECKS: Mapping[str, Callable[[Any, object, str], Iterator[str]]] = {
    "structure": _structure,
    "list": _list,
    "map": _map,
    "string": _string,
    "integer": _number,
    "long": _number,
    "boolean": _boolean,
}


def _problem(path: str, value: object, rule: str) -> str:
    shown = "null" if value is None else f"'{value}'"
    return f"Value {shown} at '{path}' failed to satisfy constraint: Member must {rule}"


def _join(path: str, name: str) -> str:
    camel = name[:1].lower() + name[1:]
    return f"{path}.{camel}" if path else camel
