"""The plain data of a YAML document, and every problem with how its values are written."""

from __future__ import annotations

import re
from collections.abc import Iterator

import yaml

from modules.policy.problems import Finding, PathPart, one_line
from modules.policy.yaml_source import CORE_TAG, DEEPEST, UnreadableError

Value = str | int | bool | None | list["Value"] | dict[str, "Value"]

MOST_VALUES = 10_000

_WHOLE_NUMBER = re.compile(r"[-+]?(0|[1-9][0-9]{0,17})")
_Where = tuple[PathPart, ...]


def read_values(document: yaml.Node) -> tuple[Value, list[Finding]]:
    """The document's data, with None for each value that could not be used, and the findings.

    Raises `UnreadableError` where aliases make it endless or too large.
    """
    walk = _Walk()
    return walk.value(document, ()), walk.findings


class _Walk:
    def __init__(self) -> None:
        self.findings: list[Finding] = []
        self._values = 0
        self._open: set[int] = set()

    def value(self, node: yaml.Node, where: _Where) -> Value:
        """The data of one node and all below it."""
        self._values += 1
        if self._values > MOST_VALUES or len(where) > DEEPEST:
            limits = f"at most {MOST_VALUES} values, nested {DEEPEST} deep"
            raise UnreadableError(f"found too many values; expected {limits}", "plain-data")
        if id(node) in self._open:
            raise UnreadableError(
                "found an alias inside its own value; expected none", "plain-data"
            )
        self._open.add(id(node))
        value = self._convert(node, where)
        self._open.remove(id(node))
        return value

    def _convert(self, node: yaml.Node, where: _Where) -> Value:
        match node, node.tag.removeprefix(CORE_TAG):
            case yaml.MappingNode(), "map":
                return dict(self._entries(node, where))
            case yaml.SequenceNode(), "seq":
                return [self.value(item, (*where, index)) for index, item in enumerate(node.value)]
            case yaml.ScalarNode(), kind:
                return self._scalar(node, kind, where)
        self._unknown_tag(node, where)
        return None

    def _entries(self, node: yaml.MappingNode, where: _Where) -> Iterator[tuple[str, Value]]:
        lines: dict[str, int] = {}
        for key_node, value_node in node.value:
            key, line = key_node.value, key_node.start_mark.line + 1
            if not isinstance(key_node, yaml.ScalarNode) or key_node.tag != CORE_TAG + "str":
                shown = one_line(key) if isinstance(key, str) else "[...]"
                message = f"found the key {shown} on line {line}"
                self._find(where, f"{message}; expected text: put it in quotes")
            elif key in lines:
                message = f"found this key twice (lines {lines[key]} and {line})"
                self._find((*where, key), f"{message}; expected it once", "repeated-key")
            else:
                lines[key] = line
                yield key, self.value(value_node, (*where, key))

    def _scalar(self, node: yaml.ScalarNode, kind: str, where: _Where) -> Value:
        text: str = node.value
        match kind:
            case "str":
                return text
            case "bool" if text.lower() in ("true", "false"):
                return text.lower() == "true"
            case "int" if _WHOLE_NUMBER.fullmatch(text):
                return int(text)
            case "int" | "float":
                message = f"found the number {one_line(text)}; expected text (put it in quotes), or"
                self._find(where, f"{message} a whole number of at most 18 digits")
            case _ if kind != "null":
                self._unknown_tag(node, where)
        return None

    def _unknown_tag(self, node: yaml.Node, where: _Where) -> None:
        tag = one_line(node.tag.replace(CORE_TAG, "!!"))
        self._find(where, f"found the YAML tag {tag}; expected a plain value")

    def _find(self, where: _Where, message: str, rule: str = "plain-data") -> None:
        self.findings.append(Finding(where, message, rule))
