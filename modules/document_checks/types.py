"""The types of an Automation document's values."""

from __future__ import annotations

STRING = "String"
STRING_LIST = "StringList"
INTEGER = "Integer"
BOOLEAN = "Boolean"
STRING_MAP = "StringMap"
MAP_LIST = "MapList"

_SCALARS = {bool: BOOLEAN, int: INTEGER, str: STRING, dict: STRING_MAP}
LISTS = frozenset({STRING_LIST, MAP_LIST})


def plain_type(declared: object) -> str | None:
    """The plain type of a declared one: AWS::S3::Bucket::Name is text, a List<...> a StringList."""
    if not isinstance(declared, str):
        return None
    if declared.startswith("List<"):
        return STRING_LIST
    return STRING if declared.startswith("AWS::") else declared


def type_of(value: object) -> str | None:
    """The type of a literal value, or None where it has none or cannot be told."""
    if isinstance(value, list):
        items = {type_of(item) for item in value}
        lists = {STRING: STRING_LIST, STRING_MAP: MAP_LIST}
        return lists.get(items.pop() or "") if len(items) == 1 else None
    return _SCALARS.get(type(value))
