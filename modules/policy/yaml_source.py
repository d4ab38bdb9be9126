"""A policy file's bytes as plain data, or as problems: never as a traceback.

YAML is read by the rules of YAML 1.2's core schema, as editors read it: `yes` and `2024-01-01` are
text. Aliases are followed, within bounds. Everything that could be misread is a problem.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any

import yaml

from modules.policy.problems import Finding, PathPart, quote

LARGEST_FILE = 256 * 1024
MOST_VALUES = 10_000
DEEPEST = 20
STANDARD_INPUT = Path("-")

_TAG = "tag:yaml.org,2002:"
_INTEGER = re.compile(r"[-+]?(0|[1-9][0-9]{0,17})")


class Unreadable(Exception):
    """The file as a whole cannot be used; the text says what was found and what is expected."""


class _CoreLoader(yaml.SafeLoader):
    """PyYAML with the plain values of YAML 1.2's core schema instead of YAML 1.1's."""

    yaml_implicit_resolvers: dict[str, list[tuple[str, re.Pattern[str]]]] = {}  # noqa: RUF012 - PyYAML's own attribute


for _name, _pattern, _first in (
    ("null", r"(?:~|null|Null|NULL|)", ["~", "n", "N", ""]),
    ("bool", r"(?:true|True|TRUE|false|False|FALSE)", list("tTfF")),
    ("int", r"[-+]?[0-9]+", list("-+0123456789")),
    (
        "float",
        r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?|[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)",
        list("-+.0123456789"),
    ),
):
    _CoreLoader.add_implicit_resolver(_TAG + _name, re.compile(f"^(?:{_pattern})$"), _first)


def read_bytes(path: Path) -> bytes:
    """The content of a file, or of standard input where the path is `-`.

    Raises `Unreadable` where there is no such file or it cannot be a policy.
    """
    try:
        content = _read(path)
    except FileNotFoundError:
        raise Unreadable("found no such file; expected a policy file") from None
    except IsADirectoryError:
        raise Unreadable("found a folder; expected a policy file") from None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise Unreadable(f"found a file that cannot be read ({reason})") from None
    if len(content) > LARGEST_FILE:
        raise Unreadable(f"found more than {LARGEST_FILE} bytes; expected a policy file")
    return content


def _read(path: Path) -> bytes:
    if path == STANDARD_INPUT:
        return sys.stdin.buffer.read(LARGEST_FILE + 1)
    with path.open("rb") as file:
        return file.read(LARGEST_FILE + 1)


def parse(content: bytes) -> tuple[Any, list[Finding]]:
    """The data that YAML text holds, and every problem with how it is written.

    Raises `Unreadable` where the text is not one YAML document.
    """
    root = _compose(_decode(content))
    walk = _Walk()
    return walk.value(root, ()), walk.findings


def _decode(content: bytes) -> str:
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise Unreadable("found UTF-16 text; expected UTF-8")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        message = f"found bytes that are not UTF-8, from byte {error.start + 1} on; expected UTF-8"
        raise Unreadable(message) from None


def _compose(text: str) -> yaml.Node:
    """The one document of the text."""
    try:
        documents = list(islice(yaml.compose_all(text, _CoreLoader), 2))
    except yaml.MarkedYAMLError as error:
        raise Unreadable(_syntax_message(error)) from None
    except (yaml.YAMLError, ValueError, OverflowError) as error:
        # PyYAML lets an escape such as "\UFFFFFFFF" through to chr(), which raises ValueError.
        raise Unreadable(f"found {_one_line(error)}; expected YAML text") from None
    except RecursionError:
        raise Unreadable(f"found values nested too deeply; expected at most {DEEPEST}") from None
    if len(documents) > 1:
        raise Unreadable(
            "found several YAML documents; expected one policy a file (no further ---)"
        )
    if not documents or documents[0].tag == _TAG + "null":
        raise Unreadable("found an empty file; expected a patch policy")
    return documents[0]


def _syntax_message(error: yaml.MarkedYAMLError) -> str:
    mark = error.problem_mark or error.context_mark
    where = f" (line {mark.line + 1}, column {mark.column + 1})" if mark else ""
    hint = "; indent with spaces, not with tabs" if r"'\t'" in str(error.problem) else ""
    return f"found a YAML syntax error{where}: {_one_line(error.problem)}{hint}; expected YAML text"


def _one_line(error: object) -> str:
    return quote(" ".join(str(error).split()))[1:-1]


class _Walk:
    """Turns YAML nodes into plain data and collects what is wrong with them."""

    def __init__(self) -> None:
        self.findings: list[Finding] = []
        self._values = 0
        self._open: set[int] = set()

    def value(self, node: yaml.Node, path: tuple[PathPart, ...]) -> Any:
        """The data of a node; None stands for what could not be used."""
        self._values += 1
        if self._values > MOST_VALUES:
            raise Unreadable(f"found more than {MOST_VALUES} values; expected a patch policy")
        if len(path) > DEEPEST:
            raise Unreadable(f"found values nested too deeply; expected at most {DEEPEST} levels")
        if id(node) in self._open:
            raise Unreadable("found an alias inside the value that it stands for; expected none")
        self._open.add(id(node))
        try:
            return self._convert(node, path)
        finally:
            self._open.remove(id(node))

    def _convert(self, node: yaml.Node, path: tuple[PathPart, ...]) -> Any:
        match node:
            case yaml.MappingNode(tag=tag) if tag == _TAG + "map":
                return dict(self._entries(node, path))
            case yaml.SequenceNode(tag=tag) if tag == _TAG + "seq":
                return [self.value(item, (*path, index)) for index, item in enumerate(node.value)]
            case yaml.ScalarNode(tag=tag) if tag.startswith(_TAG):
                return self._scalar(node, path)
            case _:
                return self._unknown_tag(node, path)

    def _entries(
        self, node: yaml.MappingNode, path: tuple[PathPart, ...]
    ) -> Iterator[tuple[str, Any]]:
        lines: dict[str, int] = {}
        for key_node, value_node in node.value:
            line = key_node.start_mark.line + 1
            if not isinstance(key_node, yaml.ScalarNode) or key_node.tag != _TAG + "str":
                shown = (
                    quote(str(key_node.value)) if key_node.id == "scalar" else "a key in brackets"
                )
                self._find(
                    path, f"found the key {shown} on line {line}; expected text: put it in quotes"
                )
            elif key_node.value in lines:
                first = lines[key_node.value]
                message = f"found this key twice (lines {first} and {line}); expected it once"
                self._find((*path, key_node.value), message)
            else:
                lines[key_node.value] = line
                yield key_node.value, self.value(value_node, (*path, key_node.value))

    def _scalar(self, node: yaml.ScalarNode, path: tuple[PathPart, ...]) -> Any:
        text: str = node.value
        match node.tag.removeprefix(_TAG):
            case "str":
                return text
            case "null":
                return None
            case "bool" if text.lower() in ("true", "false"):
                return text.lower() == "true"
            case "int" if _INTEGER.fullmatch(text):
                return int(text)
            case "int" if text.lstrip("+-").isdecimal():
                hint = "put it in quotes if it is meant as text"
                message = f"found the number {quote(text)[1:-1]}; expected at most 18 digits and no"
                self._find(path, f"{message} leading zeros: {hint}")
                return None
            case "float":
                message = f"found the number {quote(text)[1:-1]}; expected text or a whole number"
                self._find(path, f"{message}: put it in quotes if it is meant as text")
                return None
        return self._unknown_tag(node, path)

    def _unknown_tag(self, node: yaml.Node, path: tuple[PathPart, ...]) -> None:
        tag = quote(node.tag.replace(_TAG, "!!"))[1:-1]
        self._find(path, f"found the YAML tag {tag}; expected a plain value")

    def _find(self, path: tuple[PathPart, ...], message: str) -> None:
        self.findings.append(Finding(path, message))
