"""The values of an API operation's parameters, against the shapes of botocore's model.

As botocore checks them before it sends them: structures member by member, lists item by item.
A `{{ reference }}` stands for a value of its type. Lengths, patterns and allowed values are left to
the service: new ones appear there first.
"""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType
from typing import Any

from botocore.model import ListShape, MapShape, Shape, StructureShape

from modules.document_checks.document import Document, Path
from modules.document_checks.odd_braces import is_expression
from modules.document_checks.references import meaning_of, whole_reference
from modules.document_checks.types import (
    BOOLEAN,
    INTEGER,
    MAP_LIST,
    STRING,
    STRING_LIST,
    STRING_MAP,
)
from modules.policy.problems import Finding, choices, describe

# The types of a document that each kind of shape takes, and how a message calls the kind.
_TAKES: Mapping[str, tuple[frozenset[str], str]] = MappingProxyType(
    {
        "string": (frozenset({STRING}), "text"),
        "character": (frozenset({STRING}), "text"),
        "integer": (frozenset({INTEGER}), "a whole number"),
        "long": (frozenset({INTEGER}), "a whole number"),
        "float": (frozenset({INTEGER}), "a number"),
        "double": (frozenset({INTEGER}), "a number"),
        "boolean": (frozenset({BOOLEAN}), "true or false"),
        "timestamp": (frozenset({STRING, INTEGER}), "a time"),
        "list": (frozenset({STRING_LIST, MAP_LIST}), "a list"),
        "structure": (frozenset({STRING_MAP}), "a map"),
        "map": (frozenset({STRING_MAP}), "a map"),
    }
)
_SCALARS: Mapping[str, Callable[[Any], bool]] = MappingProxyType(
    {
        "string": lambda value: isinstance(value, str),
        "character": lambda value: isinstance(value, str),
        "integer": lambda value: isinstance(value, int) and not isinstance(value, bool),
        "long": lambda value: isinstance(value, int) and not isinstance(value, bool),
        "float": lambda value: isinstance(value, int | float) and not isinstance(value, bool),
        "double": lambda value: isinstance(value, int | float) and not isinstance(value, bool),
        "boolean": lambda value: isinstance(value, bool),
        "timestamp": lambda value: isinstance(value, str | int | float),
    }
)


def is_open(shape: Shape) -> bool:
    """Whether a shape takes any JSON."""
    serialization: Mapping[str, Any] = shape.serialization
    metadata: Mapping[str, Any] = shape.metadata
    return bool(serialization.get("jsonvalue") or metadata.get("document"))


def check_value(value: Any, shape: Shape, path: Path, document: Document) -> Iterator[Finding]:
    """What is wrong with a value in a shape's place."""
    if value is None or is_open(shape) or shape.type_name not in _TAKES:
        return
    if is_expression(value, document):  # is no reference, and has a finding of its own
        return
    name = _lone_reference(value, shape)
    if name is not None:
        yield from _check_reference(name, shape, path, document)
    elif isinstance(value, dict) and isinstance(shape, StructureShape | MapShape):
        yield from _check_map(value, shape, path, document)
    elif isinstance(value, list) and isinstance(shape, ListShape):
        for index, item in enumerate(value):
            yield from _check_item(item, shape, (*path, index), document)
    elif not (fits := _SCALARS.get(shape.type_name)) or not fits(value):
        message = f"found {describe(value)}; expected {_TAKES[shape.type_name][1]}"
        yield Finding(path, message, "api-parameter-type")


def _lone_reference(value: Any, shape: Shape) -> str | None:
    """The reference that a value is. AWS's own runbooks also put it in a list, for one text."""
    is_list = isinstance(value, list) and len(value) == 1 and shape.type_name in _SCALARS
    return whole_reference(value[0] if is_list else value)


def _check_reference(name: str, shape: Shape, path: Path, document: Document) -> Iterator[Finding]:
    meaning = meaning_of(name, document)
    if meaning is None or meaning.type is None:
        return
    takes, words = _TAKES[shape.type_name]
    if meaning.type not in takes:
        message = f"found {{{{ {name} }}}}, a {meaning.type}; expected {words}"
        yield Finding(path, message, "reference-type")


def _check_item(item: Any, shape: ListShape, path: Path, document: Document) -> Iterator[Finding]:
    """A list that is all of an item is spread among the items, as AWS's own runbooks rely on."""
    name = whole_reference(item)
    meaning = meaning_of(name, document) if name else None
    if meaning and meaning.type in (STRING_LIST, MAP_LIST):
        yield from _check_reference(str(name), shape, path, document)
    else:
        yield from check_value(item, shape.member, path, document)


def _check_map(
    value: Mapping[str, Any], shape: StructureShape | MapShape, path: Path, document: Document
) -> Iterator[Finding]:
    if isinstance(shape, StructureShape):
        yield from _check_structure(value, shape, path, document)
    else:
        for key, item in value.items():
            yield from check_value(item, shape.value, (*path, key), document)


def _check_structure(
    value: Mapping[str, Any], shape: StructureShape, path: Path, document: Document
) -> Iterator[Finding]:
    members: Mapping[str, Shape] = shape.members
    # botocore makes up an idempotency token that is left out.
    told = {name for name, member in members.items() if member.metadata.get("idempotencyToken")}
    for key, item in value.items():
        if key in members:
            yield from check_value(item, members[key], (*path, key), document)
        else:
            told.update(nearest(key, shape))
            yield unknown_member(key, shape, path)
    for key in shape.required_members:
        if key not in value and key not in told:
            message = f"found nothing; expected this parameter, as {shape.name} requires it"
            yield Finding((*path, key), message, "missing-api-parameter")


def nearest(key: str, shape: StructureShape) -> list[str]:
    """The member that was probably meant, if any."""
    return difflib.get_close_matches(key, shape.members, n=1)


def unknown_member(key: str, shape: StructureShape, path: Path) -> Finding:
    """What is wrong with a key that a structure does not have."""
    known = nearest(key, shape) or list(shape.members)
    expected = choices(known) if known else "none"
    message = f"found a parameter that {shape.name} does not have; expected {expected}"
    return Finding((*path, key), message, "unknown-api-parameter")
