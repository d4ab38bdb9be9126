"""Terraform's expression and template syntax, formatted as `terraform fmt` does."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from typing import Final

_IDENTIFIER: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_-]*\Z")
_ESCAPES: Final = str.maketrans({"\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r", "\t": "\\t"})
_OPENING: Final = re.compile(r"\$\$\{|%%\{|\$\{|%\{")  # escapes first: they open nothing
_LIST_WIDTH: Final = 60
INDENT: Final = "  "


class Bare(str):
    """Text that is an expression as it stands: an address, a keyword."""

    __slots__ = ()


def render_expression(value: object, depth: int = 0) -> str:
    """A value as an HCL expression; strings are templates, as in Terraform's JSON.

    `depth` is how deep the line it starts on is indented. TypeError: no JSON value.
    """
    match value:
        case None | bool() | int() | float():
            return json.dumps(value)
        case str():
            return str(value) if isinstance(value, Bare) else _render_string(value, depth)
        case Mapping():
            items = [(render_key(str(key)), item) for key, item in value.items()]
            return _enclosed("{", render_assignments(items, depth + 1), "}", depth)
        case Sequence():
            return _render_list([render_expression(item, depth + 1) for item in value], depth)
    raise TypeError(f"{value!r} is a {type(value).__name__}, which no Terraform value is made from")


def _render_list(items: Sequence[str], depth: int) -> str:
    line = f"[{', '.join(items)}]"
    if "\n" not in line and len(line) <= _LIST_WIDTH:
        return line
    pad = INDENT * (depth + 1)
    return _enclosed("[", [f"{pad}{item}," for item in items], "]", depth)


def _enclosed(opening: str, lines: Sequence[str], closing: str, depth: int) -> str:
    if not lines:
        return opening + closing
    return "\n".join([opening, *lines, INDENT * depth + closing])


def render_assignments(items: Sequence[tuple[str, object]], depth: int) -> list[str]:
    """`key = value` lines. As in `terraform fmt`, neighbours of one line each are aligned."""
    rendered = [(key, render_expression(value, depth)) for key, value in items]
    lines: list[str] = []
    run: list[tuple[str, str]] = []
    for key, text in rendered:
        if "\n" in text:
            lines += [*_aligned(run, depth), f"{INDENT * depth}{key} = {text}"]
            run = []
        else:
            run.append((key, text))
    return lines + _aligned(run, depth)


def _aligned(run: Sequence[tuple[str, str]], depth: int) -> list[str]:
    width = max((len(key) for key, _ in run), default=0)
    return [f"{INDENT * depth}{key:<{width}} = {text}" for key, text in run]


def render_key(key: str) -> str:
    """A key of an object: bare where it may be."""
    return key if _IDENTIFIER.match(key) else _quoted(split_template(key))


def _render_string(template: str, depth: int) -> str:
    parts = split_template(template)
    if len(parts) == 1 and parts[0].startswith("${"):
        expression = parts[0][2:-1].strip()
        return expression.replace("\n", "\n" + INDENT * depth)
    return _quoted(parts)


def _quoted(parts: Sequence[str]) -> str:
    return '"' + "".join(part if is_sequence(part) else escape(part) for part in parts) + '"'


def is_sequence(part: str) -> bool:
    """Whether a part of a template is an interpolation or a directive."""
    return part.startswith(("${", "%{"))


def escape(text: str) -> str:
    """Literal text as it stands between quotes."""
    return text.translate(_ESCAPES)


def split_template(template: str) -> list[str]:
    """Literal parts and `${...}` or `%{...}` parts, in order; escapes stay within the literals.

    ValueError: a `${` without its end.
    """
    parts: list[str] = []
    literal_start = position = 0
    while opening := _OPENING.search(template, position):
        position = opening.end()
        if len(opening[0]) == 2:
            start, position = opening.start(), _sequence_end(template, opening.start())
            parts += [template[literal_start:start], template[start:position]]
            literal_start = position
    return [part for part in [*parts, template[literal_start:]] if part]


def _sequence_end(template: str, start: int) -> int:
    depth, position = 1, start + 2
    while position < len(template):
        character = template[position]
        if character == '"':
            position = _quote_end(template, position)
            continue
        depth += {"{": 1, "}": -1}.get(character, 0)
        position += 1
        if not depth:
            return position
    raise ValueError(f"no end of the {template[start : start + 40]!r} in {template!r}")


def _quote_end(template: str, start: int) -> int:
    position = start + 1
    while position < len(template):
        if template.startswith(("$${", "%%{"), position):
            position += 3
        elif template.startswith(("${", "%{"), position):
            position = _sequence_end(template, position)
        elif template[position] == '"':
            return position + 1
        else:
            position += 2 if template[position] == "\\" else 1
    raise ValueError(f"no end of the quote in {template!r}")
