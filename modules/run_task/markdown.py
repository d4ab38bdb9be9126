"""Markdown of a plan's values, which may hold anything: nothing in them becomes markup or HTML."""

from __future__ import annotations

import re
from collections.abc import Iterable

from modules.review.render.markdown_text import fenced

_SPECIAL = re.compile(r"([\\`*_{}\[\]<>()#!|~&])")
_LIST = re.compile(r"^(\s*\d*)([-+.)=])")  # what would begin a list, or underline a heading


def line(text: str) -> str:
    """Text on one line, without control characters, and without those that turn its direction."""
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() else " " for c in text)


def plain(text: str) -> str:
    """Text that reads as it is."""
    return _LIST.sub(r"\1\\\2", _SPECIAL.sub(r"\\\1", line(text)))


def code(text: str) -> str:
    """Text as code, whatever backticks it has."""
    return fenced(line(text))


def bullets(lines: Iterable[str]) -> str:
    """A list of lines that are Markdown already."""
    return "\n".join(f"- {each}" for each in lines)
