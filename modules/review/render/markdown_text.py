"""Text in Markdown: whatever a plan holds is only text, on one line."""

from __future__ import annotations

import re

from modules.review.render.phrases import control_free

_SPECIAL = re.compile(r"([\\`*_\[\]<>#|~$])")
_LONGEST_CELL = 1_500


def cell(text: str) -> str:
    """Text for a table."""
    return cut(text).replace("\n", " ") or " "


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
    """A name or an address."""
    return f"`{code(text)}`"


def code(text: str) -> str:
    """Text for a code span in a table: without what would end either."""
    return control_free(text).replace("`", "'").replace("|", "\\|")


def escaped(text: str) -> str:
    """Text that Markdown takes as it is, and that mentions nobody."""
    return (
        _SPECIAL.sub(r"\\\1", control_free(text))
        .replace("@", "@&#8203;")
        .replace("://", ":&#8203;//")
    )
