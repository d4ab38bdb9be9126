"""A policy file as one YAML document, or as the reason why it is none: never as a traceback.

Plain values follow YAML 1.2's core schema, as editors read them, and not PyYAML's YAML 1.1:
`yes`, `1:30` and `2024-01-01` are text.
"""

from __future__ import annotations

import os
import re
import sys
from itertools import islice
from pathlib import Path

import yaml
from yaml.reader import ReaderError

from modules.policy.problems import one_line

LARGEST_FILE = 64 * 1024
DEEPEST = 20
STANDARD_INPUT = Path("-")
CORE_TAG = "tag:yaml.org,2002:"

_PLAIN_VALUES = (
    ("null", r"(~|null|Null|NULL|)", ["~", "n", "N", ""]),
    ("bool", r"(true|True|TRUE|false|False|FALSE)", list("tTfF")),
    ("int", r"[-+]?[0-9]+", list("-+0123456789")),
    ("float", r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?", list("-+.0123456789")),
    ("float", r"([-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN))", list("-+.")),
)


class UnreadableError(Exception):
    """The file as a whole cannot be used: what was found, what is expected, and the rule."""

    def __init__(self, message: str, rule: str = "unreadable-file") -> None:
        super().__init__(message)
        self.rule = rule


class _CoreLoader(yaml.SafeLoader):
    """PyYAML with the plain values of the core schema."""

    # Without this, add_implicit_resolver would add to a copy of YAML 1.1's.
    yaml_implicit_resolvers: dict[str, list[tuple[str, re.Pattern[str]]]] = {}  # noqa: RUF012 - PyYAML's attribute

    _depth = 0

    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        """Stops early: PyYAML's time grows with the square of the depth."""
        self._depth += 1
        if self._depth > DEEPEST:
            message = f"found values nested deeper than {DEEPEST}; expected a policy"
            raise UnreadableError(message, "plain-data")
        node = super().compose_node(parent, index)
        self._depth -= 1
        return node


for _name, _pattern, _first_characters in _PLAIN_VALUES:
    _CoreLoader.add_implicit_resolver(
        CORE_TAG + _name, re.compile(rf"{_pattern}\Z"), _first_characters
    )


def parse_document(content: bytes) -> yaml.Node:
    """The one document that the bytes hold."""
    if len(content) > LARGEST_FILE:
        raise UnreadableError(f"found more than {LARGEST_FILE} bytes; expected a patch policy")
    text = _decode(content)
    try:
        documents = list(islice(yaml.compose_all(text, _CoreLoader), 2))
    except yaml.MarkedYAMLError as error:
        raise UnreadableError(_syntax_message(error), "syntax") from None
    except ReaderError as error:
        message = f"found the character U+{error.character:04X}, which YAML does not allow"
        raise UnreadableError(f"{message}; expected YAML text", "syntax") from None
    except (ValueError, OverflowError):  # PyYAML hands an escape such as "\UFFFFFFFF" to chr()
        message = "found an escape of no character; expected YAML text"
        raise UnreadableError(message, "syntax") from None
    if len(documents) > 1:
        raise UnreadableError("found several YAML documents; expected one patch policy", "syntax")
    if not documents or documents[0].tag == CORE_TAG + "null":
        raise UnreadableError("found an empty file; expected a patch policy")
    return documents[0]


def read_file(path: Path, most: int = LARGEST_FILE) -> bytes:
    """A file's bytes, or those of standard input where the path is `-`. Raises UnreadableError.

    Of a file with more than `most` bytes, one byte more: a file may be endless.
    """
    try:
        content = _first_bytes(path, most)
    except FileNotFoundError:
        raise UnreadableError("found no such file; expected a policy file") from None
    except IsADirectoryError:
        raise UnreadableError(
            "found a folder; expected a policy file, or a folder that holds some"
        ) from None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        message = f"found a file that cannot be read ({one_line(reason)}); expected a policy file"
        raise UnreadableError(message) from None
    return content


def _first_bytes(path: Path, most: int) -> bytes:
    if path == STANDARD_INPUT:
        return sys.stdin.buffer.read(most + 1)
    with open(path, "rb", opener=_open) as file:
        return file.read(most + 1)


def _open(name: str, flags: int) -> int:
    """Does not wait for somebody to write into a named pipe: one without is an empty file."""
    descriptor = os.open(name, flags | os.O_NONBLOCK)
    os.set_blocking(descriptor, True)
    return descriptor


def _decode(content: bytes) -> str:
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise UnreadableError("found UTF-16 text; expected UTF-8")
    try:
        return content.decode()
    except UnicodeDecodeError as error:
        message = f"found bytes that are no UTF-8 text (byte {error.start + 1}); expected UTF-8"
        raise UnreadableError(message) from None


def _syntax_message(error: yaml.MarkedYAMLError) -> str:
    mark = error.problem_mark or error.context_mark
    where = f" (line {mark.line + 1}, column {mark.column + 1})" if mark else ""
    found = f"found a YAML syntax error{where}: {one_line(error.problem)}"
    if r"'\t'" in str(error.problem):
        return f"{found}; expected spaces, as YAML takes no tabs there"
    if "'?'" in str(error.problem):
        return f"{found}; expected quotes around a value with a question mark in {{ }} or [ ]"
    return f"{found}; expected YAML text"
