"""The types of an Automation document's values."""

from __future__ import annotations

STRING = "String"
STRING_LIST = "StringList"
INTEGER = "Integer"
BOOLEAN = "Boolean"
STRING_MAP = "StringMap"
MAP_LIST = "MapList"

LISTS = frozenset({STRING_LIST, MAP_LIST})


def plain_type(declared: object) -> str | None:
    """The plain type of a declared one: AWS::EC2::Instance::Id is text, a List<...> a StringList."""
    if not isinstance(declared, str):
        return None
    if declared.startswith("List<"):
        return STRING_LIST
    return STRING if declared.startswith("AWS::") else declared


def type_of(value: object) -> str | None:
    """The type of a literal value, or None where it has none or cannot be told."""
    match value:
        case bool():
            return BOOLEAN
        case int():
            return INTEGER
        case str():
            return STRING
        case dict():
            return STRING_MAP
        case list() if value and all(isinstance(item, dict) for item in value):
            return MAP_LIST
        case list() if value and all(isinstance(item, str) for item in value):
            return STRING_LIST
        case _:
            return None
