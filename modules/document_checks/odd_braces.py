"""Texts in braces that stay as they are, though they begin with the name of a reference.

Only of names that stand for something: other languages have braces of their own.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from modules.document_checks.document import Document, Path
from modules.document_checks.references import meaning_of
from modules.policy.problems import Finding, quote

_NAME = r"\{\{\s*([A-Za-z0-9_][A-Za-z0-9_.:-]*+)\s*+"

# One brace forgotten: `{{ name }`.
_UNCLOSED = re.compile(_NAME + r"\}(?!\})")

# All of a text, and more than names in it: `{{ names[0] }}`, `{{ count + 1 }}`.
_EXPRESSION = re.compile(_NAME + r"[A-Za-z0-9_.: -]*+[^A-Za-z0-9_.: {}-][^{}]*\}\}")


def check_odd_braces(document: Document) -> Iterator[Finding]:
    """Every text in the inputs of steps that was meant as a reference, and is none."""
    for step in document.steps:
        for key, value in step.inputs.items():
            if (step.action, key) != ("aws:loop", "Steps"):  # looked at as steps
                yield from _check(value, (*step.path, "inputs", key), document)


def is_expression(value: Any, document: Document) -> bool:
    """Whether a text computes with a reference, which Automation does not do."""
    match = _EXPRESSION.fullmatch(value.strip()) if isinstance(value, str) else None
    return match is not None and meaning_of(match[1], document) is not None


def _check(value: Any, path: Path, document: Document) -> Iterator[Finding]:
    if isinstance(value, str):
        yield from _check_text(value, path, document)
    elif isinstance(value, dict | list):
        pairs = value.items() if isinstance(value, dict) else enumerate(value)
        for key, item in pairs:
            yield from _check(item, (*path, key), document)


def _check_text(text: str, path: Path, document: Document) -> Iterator[Finding]:
    for match in _UNCLOSED.finditer(text):
        if meaning_of(match[1], document) is not None:
            found = f"found {quote('{{ ' + match[1] + ' }')}, which stays as it is"
            message = f"{found}; expected a second brace at its end"
            yield Finding(path, message, "unknown-reference")
    if is_expression(text, document):
        message = f"found {quote(text.strip())}, which stays as it is; expected a name alone"
        yield Finding(path, message, "unknown-reference")
