"""A file's bytes as data, from YAML or JSON, with the lines that its values stand in."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from modules.document_checks.yaml_tree import Tree, TreeError, parse_yaml
from modules.policy.problems import Finding, one_line

# A document has 64 KiB at most; comments and blanks come on top.
LARGEST_FILE = 512 * 1024

Path = tuple[str | int, ...]


@dataclass
class Text:
    """What a file says. `findings` are about how it is written: with any, `data` is incomplete."""

    data: Any
    findings: list[Finding] = field(default_factory=list)
    tree: Tree | None = None

    def line(self, path: Path) -> int | None:
        """The line of a place, where it is known."""
        return self.tree.line(path) if self.tree else None


def parse(content: bytes, *, is_json: bool = False) -> Text:
    """The one document of a file; `is_json` where its name says that it is JSON. Raises TreeError.

    Systems Manager takes JSON that is YAML as well only where it is told that it is YAML.
    """
    if len(content) > LARGEST_FILE:
        message = f"found more than {LARGEST_FILE} bytes; expected a policy or a document"
        raise TreeError("unreadable-file", message)
    text = _decode(content)
    if text.lstrip().startswith("{"):
        return _parse_json(text, is_json=is_json)
    tree = parse_yaml(text)
    return Text(tree.data(), tree.findings, tree)


def _decode(content: bytes) -> str:
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise TreeError("unreadable-file", "found UTF-16 text; expected UTF-8")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        message = f"found bytes that are no UTF-8 text (byte {error.start + 1}); expected UTF-8"
        raise TreeError("unreadable-file", message) from None


class _Object(dict[str, Any]):
    """A JSON object that remembers the keys that it was given twice."""

    repeated: tuple[str, ...] = ()


def _object(pairs: list[tuple[str, Any]]) -> _Object:
    made = _Object(pairs)
    if len(made) < len(pairs):
        keys = [key for key, _ in pairs]
        made.repeated = tuple(key for key in made if keys.count(key) > 1)
    return made


def _parse_json(text: str, *, is_json: bool) -> Text:
    """JSON by its own rules, which YAML's differ from in tabs and escapes; else YAML's braces."""
    try:
        data = json.loads(text, object_pairs_hook=_object)
    except RecursionError:
        message = "found values nested too deeply; expected a document"
        raise TreeError("plain-data", message) from None
    except ValueError as error:
        if is_json:
            raise _no_json(error, "JSON text, as its name says") from None
        return _parse_braces(text, error)
    try:
        # Only for the lines. JSON takes tabs between values, YAML does not.
        tree = parse_yaml(text.replace("\t", " "))
    except TreeError:
        tree = None
    return Text(data, list(_repeated(data, ())), tree)


def _parse_braces(text: str, error: ValueError) -> Text:
    try:
        tree = parse_yaml(text)
    except TreeError as wrong:
        if wrong.rule == "syntax":
            raise _no_json(error, "YAML or JSON text") from None
        raise
    return Text(tree.data(), tree.findings, tree)


def _no_json(error: ValueError, expected: str) -> TreeError:
    message = f"found a syntax error: {one_line(error)}; expected {expected}"
    return TreeError("syntax", message)


def _repeated(data: Any, path: Path) -> Iterator[Finding]:
    """In a loop: nothing says yet how deep the data is."""
    waiting: list[tuple[Path, Any]] = [(path, data)]
    while waiting:
        place, value = waiting.pop()
        if isinstance(value, _Object):
            for key in value.repeated:
                message = "found this key more than once; expected it once"
                yield Finding((*place, key), message, "repeated-key")
            waiting += [((*place, key), item) for key, item in value.items()]
        elif isinstance(value, list):
            waiting += [((*place, index), item) for index, item in enumerate(value)]
