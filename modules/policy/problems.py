"""What is wrong with policy files: every problem of every file, in the user's terms."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

LONGEST_SHOWN = 60
_PLAIN_KEY = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")

PathPart = str | int


@dataclass(frozen=True)
class Problem:
    """One problem: where it is, what was found there and what is expected.

    `rule` is the id of the rule that found it (docs/document-rules.md); what is wrong with
    cdktf.json has none. `line` is there where it is known.
    """

    file: str
    path: str
    message: str
    rule: str = ""
    line: int | None = None

    def __str__(self) -> str:
        return f"{self.file}: {self.path}: {self.message}"


class PolicyError(Exception):
    """Policy files that cannot be used; `problems` holds all that is wrong with them."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(map(str, self.problems)))


@dataclass(frozen=True)
class Finding:
    """A problem before its file is known: the parts of its path, what to say, and the rule.

    `line` is there where the place of the path is not the line that is meant.
    """

    path: tuple[PathPart, ...]
    message: str
    rule: str = "conflicting-keys"
    line: int | None = None

    def in_file(self, file: str, line: int | None = None) -> Problem:
        """The finding as a problem of that file; `line` is that of its path, where known."""
        return Problem(file, render_path(self.path), self.message, self.rule, self.line or line)


def render_path(parts: Sequence[PathPart]) -> str:
    """A JSON path: `$.targets.tag.key`, `$.regions[0]`, `$.tags["cost center"]`."""
    return "$" + "".join(_render_part(part) for part in parts)


def _render_part(part: PathPart) -> str:
    if isinstance(part, int):
        return f"[{part}]"
    is_plain = len(part) <= LONGEST_SHOWN and _PLAIN_KEY.fullmatch(part)
    return f".{part}" if is_plain else f"[{quote(part)}]"


def quote(text: str) -> str:
    """Text in quotes on one line: shortened, and with what cannot be printed escaped."""
    return printable(json.dumps(_shorten(text), ensure_ascii=False))


def one_line(text: object) -> str:
    """As `quote` but as it was written: without quotes, and each white space as one space."""
    return printable(_shorten(" ".join(str(text).split())))


def _shorten(text: str) -> str:
    return text if len(text) <= LONGEST_SHOWN else text[: LONGEST_SHOWN - 1] + "…"


def printable(text: str) -> str:
    """Text on one line, with what cannot be printed escaped."""
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)


def describe(value: object) -> str:
    """What was found, in a few words: `"abc"`, `the number 5`, `a list`, `nothing`."""
    match value:
        case None:
            return "nothing"
        case bool():
            return "true" if value else "false"
        case int() | float():
            return f"the number {value}"
        case str():
            return quote(value)
        case list():
            return "a list"
        case _:
            return "a mapping"


def choices(values: Iterable[object], conjunction: str = "or") -> str:
    """Values as a phrase: `a`, `a or b`, `a, b or c`."""
    *first, last = map(str, values)
    return f"{', '.join(first)} {conjunction} {last}" if first else last
