"""Text in Markdown: whatever a plan holds is only text, on one line."""

from __future__ import annotations

import re

from modules.review.render.phrases import control_free

_SPECIAL = re.compile(r"([\\`*_\[\]<>#|~$&])")
_LINKED = re.compile(r"(@|#|:(?=//)|\bwww(?=\.)|\bGH(?=-))")
_BACKTICKS = re.compile("`+")
_PIPE = re.compile(r"(?<!\\)\|")
_LONGEST_CELL = 1_500


def cell(text: str) -> str:
    """Text for a table, where a pipe ends a cell even within code."""
    return _PIPE.sub(r"\|", cut(text).replace("\n", " ")) or " "


def row(text: str) -> str:
    """An item of a list."""
    return f"- {cut(text)}"


def size(text: str) -> int:
    """How long GitHub takes a text to be: it counts as JavaScript does, in units of UTF-16."""
    return len(text.encode("utf-16-le", errors="replace")) // 2


def cut(text: str) -> str:
    """A text that is too long ends at a line of its own, so that no markup is torn."""
    if len(text) <= _LONGEST_CELL:
        return text
    lines = text.split("<br>")
    kept: list[str] = []
    for line in lines:
        if sum(map(len, kept)) + len(line) > _LONGEST_CELL and kept:
            break
        kept.append(line if len(line) <= _LONGEST_CELL else "(too long to be shown here)")
    return "<br>".join([*kept, *(["…"] if len(kept) < len(lines) else [])])


def name(text: str) -> str:
    """A name, an address or a value as code."""
    return fenced(control_free(text) or " ")


def fenced(text: str) -> str:
    """A line as code, whatever backticks it has."""
    runs = _BACKTICKS.findall(text)
    if not runs:
        return f"`{text}`"
    fence = "`" * (max(map(len, runs)) + 1)
    return f"{fence} {text} {fence}"


def escaped(text: str) -> str:
    """Text that Markdown takes as it is, that mentions nobody and links to nothing."""
    return _LINKED.sub(r"\1&#8203;", _SPECIAL.sub(r"\\\1", control_free(text)))
