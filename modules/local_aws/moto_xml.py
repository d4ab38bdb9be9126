"""XML as moto's serializer has it written by `xmltodict`, which is made for any document.

An answer of AWS is structures, lists and plain values under names that need no check. Whatever else
is in a document, xmltodict writes.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any
from xml.sax.saxutils import escape

import xmltodict

_HEAD = '<?xml version="1.0" encoding="utf-8"?>\n'
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_.:-]*", re.ASCII)
_NAMESPACE = "@xmlns"


class _UnusualError(Exception):
    """Something that is left to xmltodict."""


def unparse(
    document: Mapping[str, Any],
    *,
    full_document: bool = True,
    short_empty_elements: bool = False,
    pretty: bool = False,
) -> str:
    """What `xmltodict.unparse` gives."""
    if not pretty and len(document) == 1:
        ((name, root),) = document.items()
        try:
            text = _element(name, root, short=short_empty_elements)
        except _UnusualError:
            pass  # as below
        else:
            return _HEAD + text if full_document else text
    whole: str = xmltodict.unparse(  # type: ignore[no-untyped-call]  # it ships no types
        document,
        full_document=full_document,
        short_empty_elements=short_empty_elements,
        pretty=pretty,
    )
    return whole


def _element(name: str, value: Any, *, short: bool) -> str:
    start, end = _tags(name)
    inner = ""
    if isinstance(value, str):
        inner = escape(value)
    elif isinstance(value, dict):
        if _NAMESPACE in value:
            start = f"{start[:-1]} xmlns={_quoted(value[_NAMESPACE])}>"
        inner = "".join(
            _element(key, each, short=short)
            for key, item in value.items()
            if key != _NAMESPACE
            for each in _each(key, item)
        )
    elif isinstance(value, bool):
        inner = str(value).lower()
    elif isinstance(value, int | float):
        inner = str(value)
    elif value is not None:
        raise _UnusualError
    return f"{start[:-1]}/>" if short and not inner else f"{start}{inner}{end}"


def _each(name: str, item: Any) -> Sequence[Any]:
    """The values under a name; even where there are none, an odd name is unusual."""
    if item == []:
        _tags(name)
    return item if isinstance(item, list) else (item,)


@cache
def _tags(name: str) -> tuple[str, str]:
    if not _NAME.fullmatch(name):
        raise _UnusualError
    return f"<{name}>", f"</{name}>"


def _quoted(namespace: Any) -> str:
    """As an attribute's value: one that has to be escaped is unusual."""
    if not isinstance(namespace, str) or set(namespace) & set("<>&\"'\n\r\t"):
        raise _UnusualError
    return f'"{namespace}"'
