"""YAML as a tree of nodes that know their lines: never a traceback, whatever the text.

PyYAML composes recursively, and a few kilobytes of brackets end it. This reads the parser's events
in a loop instead, and counts what aliases repeat before it is repeated.

Plain values follow YAML 1.2's core schema, as for policy files: `yes` and `2012-10-17` are text.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from typing import Any

import yaml
from yaml.reader import ReaderError

from modules.policy.problems import Finding, one_line

DEEPEST = 50
MOST_NODES = 100_000
CORE_TAG = "tag:yaml.org,2002:"
# libyaml, where PyYAML was built with it, is ten times as fast.
_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

_NULL = re.compile(r"~|null|Null|NULL|")
_BOOLEAN = re.compile(r"true|True|TRUE|false|False|FALSE")
_INTEGER = re.compile(r"[-+]?[0-9]{1,18}")
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]{1,3})?")


class TreeError(Exception):
    """The text holds no tree: which rule says so, what was found and what is expected."""

    def __init__(self, rule: str, message: str) -> None:
        super().__init__(message)
        self.rule = rule


@dataclass
class Node:
    """A value, the line that it begins in, and how many nodes it stands for with its aliases.

    The value of a mapping is a dict of nodes, that of a list a list of nodes.
    """

    line: int
    value: Any
    size: int = 1


@dataclass
class Tree:
    """A document, and what is wrong with how it is written."""

    root: Node
    findings: list[Finding] = field(default_factory=list)

    def data(self) -> Any:
        """The plain data, which shares nothing: it can be changed anywhere."""
        return _plain(self.root)

    def line(self, path: tuple[str | int, ...]) -> int:
        """The line of a place, or of the nearest place around it that is there."""
        node = self.root
        for part in path:
            if isinstance(node.value, dict):
                inner = node.value.get(part)
            else:
                items = node.value if isinstance(node.value, list) else []
                inner = items[part] if isinstance(part, int) and part < len(items) else None
            if inner is None:
                break
            node = inner
        return node.line


def parse_yaml(text: str) -> Tree:
    """The first document of the text; a second one is an error. Raises TreeError."""
    builder = _Builder()
    try:
        for event in yaml.parse(text, _Loader):
            builder.take(event)
    except yaml.MarkedYAMLError as error:
        raise TreeError("syntax", _syntax_message(error)) from None
    except ReaderError as error:
        message = f"found the character U+{int(error.character):04X}, which YAML does not allow"
        raise TreeError("syntax", f"{message}; expected YAML text") from None
    except (ValueError, OverflowError):  # an escape such as "\UFFFFFFFF"
        message = "found an escape of no character; expected YAML text"
        raise TreeError("syntax", message) from None
    if builder.root is None:
        raise TreeError("unreadable-file", "found an empty file; expected a policy or a document")
    return Tree(builder.root, builder.findings)


def _syntax_message(error: yaml.MarkedYAMLError) -> str:
    mark = error.problem_mark or error.context_mark
    where = f" (line {mark.line + 1}, column {mark.column + 1})" if mark else ""
    return f"found a syntax error{where}: {one_line(error.problem)}; expected YAML or JSON text"


def _plain(node: Node) -> Any:
    """Recursive, and no deeper than DEEPEST."""
    if isinstance(node.value, dict):
        return {key: _plain(item) for key, item in node.value.items()}
    if isinstance(node.value, list):
        return [_plain(item) for item in node.value]
    return node.value


@dataclass
class _Open:
    """A mapping or list whose end is not read yet."""

    node: Node
    path: tuple[str | int, ...]
    anchor: str | None
    key: str | None = None
    skips: bool = False  # the next value belongs to a key that cannot be used
    merged: set[str] = field(default_factory=set)  # the keys that `<<` gave, which others replace


def _mergeable(node: Node) -> bool:
    """Whether `<<` takes the value: a mapping, or a list of some."""
    parts = node.value if isinstance(node.value, list) else [node]
    return all(isinstance(part.value, dict) for part in parts)


def _merge(inside: _Open, node: Node) -> None:
    """What is there already stays, and so does what an earlier one of several mappings gave."""
    for part in node.value if isinstance(node.value, list) else [node]:
        added = {key: item for key, item in part.value.items() if key not in inside.node.value}
        inside.node.value.update(added)
        inside.merged.update(added)


class _Builder:
    """Takes the events of one document, one by one."""

    def __init__(self) -> None:
        self.root: Node | None = None
        self.findings: list[Finding] = []
        self._open: list[_Open] = []
        self._anchors: dict[str, Node] = {}

    def take(self, event: yaml.Event) -> None:
        """One event more."""
        match event:
            case yaml.DocumentStartEvent() if self.root is not None:
                raise TreeError("syntax", "found several YAML documents; expected one")
            case yaml.ScalarEvent():
                self._add(self._scalar(event), event)
            case yaml.AliasEvent():
                self._add(self._alias(event), event)
            case yaml.MappingStartEvent() | yaml.SequenceStartEvent():
                self._begin(event)
            case yaml.MappingEndEvent() | yaml.SequenceEndEvent():
                self._end()

    def _begin(self, event: Any) -> None:
        if len(self._open) >= DEEPEST:
            message = f"found values nested deeper than {DEEPEST}; expected a document"
            raise TreeError("plain-data", message)
        node = Node(_line(event), {} if isinstance(event, yaml.MappingStartEvent) else [])
        path = self._next_path()
        core = ("map", "seq")
        if event.tag not in (None, "!", *(CORE_TAG + name for name in core)):
            self._unknown_tag(event, path)
        self._open.append(_Open(node, path, event.anchor))

    def _end(self) -> None:
        done = self._open.pop()
        if done.anchor:
            self._anchors[done.anchor] = done.node
        self._attach(done.node)

    def _add(self, node: Node, event: Any) -> None:
        if isinstance(event, yaml.ScalarEvent) and event.anchor:
            self._anchors[event.anchor] = node
        self._attach(node)

    def _attach(self, node: Node) -> None:
        if not self._open:
            self.root = node
            return
        inside = self._open[-1]
        inside.node.size += node.size
        if inside.node.size > MOST_NODES:
            raise TreeError("plain-data", f"found more than {MOST_NODES} values; expected fewer")
        if isinstance(inside.node.value, list):
            inside.node.value.append(node)
        elif inside.key is None and not inside.skips:
            self._take_key(inside, node)
        else:
            self._take_value(inside, node)

    def _take_key(self, inside: _Open, node: Node) -> None:
        if isinstance(node.value, str):
            inside.key = node.value
            return
        inside.skips = True
        if isinstance(node.value, dict | list):
            found = "a mapping" if isinstance(node.value, dict) else "a list"
            message = f"found {found} as a key; expected text: put a {{{{ reference }}}} in quotes"
        else:
            shown = one_line(json.dumps(node.value))
            message = f"found the key {shown}; expected text: put it in quotes"
        self._find(inside.path, message, "plain-data", node.line)

    def _take_value(self, inside: _Open, node: Node) -> None:
        key, inside.key = inside.key, None
        inside.skips = False
        if key is None:
            return
        mapping: dict[str, Node] = inside.node.value
        if key == "<<" and _mergeable(node):
            _merge(inside, node)
        elif key in mapping and key not in inside.merged:
            lines = f"lines {mapping[key].line} and {node.line}"
            message = f"found this key twice ({lines}); expected it once"
            self._find((*inside.path, key), message, "repeated-key")
        else:
            mapping[key] = node
            inside.merged.discard(key)

    def _alias(self, event: yaml.AliasEvent) -> Node:
        node = self._anchors.get(str(event.anchor))
        if node is None:  # not defined, or used inside of its own value
            message = f"found the alias *{one_line(event.anchor)} of no value; expected an anchor"
            raise TreeError("syntax", message)
        return node

    def _scalar(self, event: Any) -> Node:
        tag = (event.tag or "").removeprefix(CORE_TAG)
        node = Node(_line(event), event.value)
        is_plain = not tag and event.implicit[0]
        if is_plain or tag in ("int", "float", "bool", "null"):
            node.value = _plain_scalar(event.value)
        elif tag not in ("", "!", "str"):
            self._unknown_tag(event, self._next_path())
        return node

    def _next_path(self) -> tuple[str | int, ...]:
        if not self._open:
            return ()
        inside = self._open[-1]
        if isinstance(inside.node.value, list):
            return (*inside.path, len(inside.node.value))
        return inside.path if inside.key is None else (*inside.path, inside.key)

    def _unknown_tag(self, event: Any, path: tuple[str | int, ...]) -> None:
        tag = one_line(event.tag.replace(CORE_TAG, "!!"))
        message = f"found the YAML tag {tag}; expected a plain value"
        self._find(path, message, "plain-data", _line(event))

    def _find(
        self, path: tuple[str | int, ...], message: str, rule: str, line: int | None = None
    ) -> None:
        self.findings.append(Finding(path, message, rule, line))


def _line(event: Any) -> int:
    return int(event.start_mark.line) + 1


def _plain_scalar(text: str) -> str | int | float | bool | None:
    if _NULL.fullmatch(text):
        return None
    if _BOOLEAN.fullmatch(text):
        return text.lower() == "true"
    if _INTEGER.fullmatch(text):
        return int(text)
    if _FLOAT.fullmatch(text):
        return float(text)
    return text
