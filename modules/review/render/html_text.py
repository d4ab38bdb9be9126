"""Text in HTML: whatever a plan holds is only text."""

from __future__ import annotations

from html import escape

from modules.review.render.phrases import control_free


def escaped(text: str) -> str:
    """Text for an element or an attribute."""
    return escape(control_free(text))


def code(text: str) -> str:
    """A name or an address."""
    return f"<code>{escaped(text)}</code>"
