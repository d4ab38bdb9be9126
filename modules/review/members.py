"""Members of a large JSON object, of which only those are decoded that somebody reads."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from typing import Any

import msgspec

_OBJECT = msgspec.json.Decoder(dict[str, msgspec.Raw])

Members = Mapping[str, msgspec.Raw]


class NotJsonError(Exception):
    """Something that is not JSON, or not JSON that can be read; the message says where."""


def members(content: bytes | msgspec.Raw) -> Members | None:
    """An object's members as they stand; None where it is JSON of another kind."""
    try:
        return _OBJECT.decode(content)
    except msgspec.ValidationError:
        return None
    except RecursionError:
        raise NotJsonError("JSON that is nested too deep") from None
    except (msgspec.DecodeError, ValueError) as error:
        raise NotJsonError(f"something that is not JSON ({error})") from None


def decoded(found: Members, unread: Collection[str]) -> dict[str, Any]:
    """The members as values, but for those that nobody reads."""
    try:
        return {
            name: msgspec.json.decode(value) for name, value in found.items() if name not in unread
        }
    except RecursionError:
        raise NotJsonError("JSON that is nested too deep") from None
    except (msgspec.DecodeError, ValueError) as error:
        raise NotJsonError(f"something that is not JSON ({error})") from None


def utf8(content: bytes) -> bytes:
    """The same text in UTF-8; a shell of Windows writes UTF-16."""
    encoding = json.detect_encoding(content)
    if encoding == "utf-8":
        return content
    try:
        return content.decode(encoding).encode()
    except ValueError as error:
        raise NotJsonError(f"something that is not JSON ({error})") from None
