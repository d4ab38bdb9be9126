"""The items that aws:loop iterates over: are they of the loop's data type.

https://docs.aws.amazon.com/systems-manager/latest/userguide/automation-action-loop.html: Iterators
are a StringList, and IteratorDataType, String where it is left out, is the type of its items. So a
text may also be one that can be read as the type.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType

from modules.document_checks.document import Document, Path, Step
from modules.document_checks.references import type_of_reference
from modules.document_checks.types import (
    BOOLEAN,
    INTEGER,
    LISTS,
    MAP_LIST,
    STRING,
    STRING_LIST,
    STRING_MAP,
    type_of,
)
from modules.policy.problems import Finding, describe


def _is_map(text: str) -> bool:
    try:
        return isinstance(json.loads(text), dict)
    except (ValueError, RecursionError):
        return False


_READS: Mapping[str, Callable[[str], bool]] = MappingProxyType(
    {
        STRING: lambda _: True,
        INTEGER: lambda text: re.fullmatch(r"-?[0-9]+", text) is not None,
        BOOLEAN: lambda text: text.lower() in ("true", "false"),
        STRING_MAP: _is_map,
    }
)


_WORDS: Mapping[str, str] = MappingProxyType(
    {
        STRING: "text",
        INTEGER: "a whole number",
        BOOLEAN: "true or false",
        STRING_MAP: "a map",
    }
)


def check_iterators(step: Step, document: Document) -> Iterator[Finding]:
    """All that is wrong with the iterators of a loop, written there or referred to."""
    iterators = step.inputs.get("Iterators")
    path = (*step.path, "inputs", "Iterators")
    if isinstance(iterators, list):
        for index, item in enumerate(iterators):
            yield from _check_item(item, step, (*path, index), document)
        return
    given = type_of_reference(iterators, document)
    if given and given not in LISTS:
        message = f"found a {given}; expected a list to iterate over"
        yield Finding(path, message, "reference-type")
    elif given == MAP_LIST and _data_type(step) != STRING_MAP:
        yield Finding(path, _message(f"a {MAP_LIST}", step), "reference-type")


def _check_item(item: object, step: Step, path: Path, document: Document) -> Iterator[Finding]:
    """A literal item, a text with references, or a reference, which may stand for a list."""
    data_type, given = _data_type(step), type_of_reference(item, document)
    item_type = STRING_MAP if given == MAP_LIST else given
    if item_type and item_type not in (data_type, STRING, STRING_LIST):
        yield Finding(path, _message(f"a {given}", step), "reference-type")
    elif not given and not _is_of(item, data_type):
        yield Finding(path, _message(describe(item), step), "wrong-type")


def _data_type(step: Step) -> str:
    return str(step.inputs.get("IteratorDataType", STRING))


def _is_of(item: object, data_type: str) -> bool:
    """Whether an item is of the type, or a text that may become it."""
    if isinstance(item, str):
        return "{{" in item or _READS[data_type](item)
    return type_of(item) == data_type


def _message(found: str, step: Step) -> str:
    """What the items have to be, and why where the document does not say it."""
    data_type = _data_type(step)
    left_out = "" if "IteratorDataType" in step.inputs else " where it is left out"
    expected = f"{_WORDS[data_type]}, as IteratorDataType is {data_type}{left_out}"
    return f"found {found}; expected {expected}"
