"""Read a document's folder: its YAML, and the scripts that its steps name."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import Any, cast

import yaml

from modules.quick_setup.documents.plain_data import not_json
from modules.quick_setup.documents.problems import DocumentError, Problem, refuse

ROOT = Path(__file__).resolve().parents[3] / "ssm_documents"
SCRIPT_PREFIX = "file://"

Inputs = tuple[dict[str, Any], tuple[str | int, ...]]


# libyaml, where PyYAML was built with it, parses the documents in a tenth of the time.
_SafeLoader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class _Loader(_SafeLoader):  # type: ignore[misc] # Any: which of the two it is depends on the build
    """YAML as everywhere, but a key given twice is an error and not the last one's win."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        keys = [self.construct_object(key, deep=True) for key, _ in node.value]
        for (key_node, _), key in zip(node.value, keys, strict=True):
            if keys.count(key) > 1:
                raise yaml.constructor.ConstructorError(
                    None, None, f"the key {key!r} is given twice", key_node.start_mark
                )
        return cast("dict[Any, Any]", super().construct_mapping(node, deep))


class Source:
    """A document's source, and the script files that it took in."""

    def __init__(self, folder: Path, root: Path = ROOT) -> None:
        self.folder = folder
        self.root = root
        self.file = folder / "document.yaml"
        self.scripts: set[Path] = set()

    @property
    def name(self) -> str:
        """The file as messages name it."""
        return self.file.relative_to(self.root.parent).as_posix()

    def read(self) -> dict[str, Any]:
        """The document with every script in its place. Raises DocumentError."""
        try:
            content = yaml.load(self.file.read_text(encoding="utf-8"), _Loader)  # noqa: S506 - safe
        except (OSError, UnicodeError, yaml.YAMLError) as error:
            raise DocumentError([f"{self.name}: $: {error}"]) from None
        refuse(self.name, not_json(content))
        steps = list(_script_steps(content))
        refuse(self.name, [problem for step in steps for problem in self._inline(*step)])
        return cast("dict[str, Any]", content)

    def _inline(self, inputs: dict[str, Any], path: tuple[str | int, ...]) -> Iterator[Problem]:
        reference = inputs["Script"].removeprefix(SCRIPT_PREFIX)
        script = (self.folder / reference).resolve()
        self.scripts.add(script)
        if not script.is_relative_to(self.root) or not script.is_file():
            yield Problem(path, f"there is no script {reference!r} in {self.root.name}/")
            return
        inputs["Script"] = script.read_text(encoding="utf-8")
        for message in _script_problems(inputs["Script"], inputs.get("Handler")):
            yield Problem(path, f"{reference}: {message}")


def _script_steps(value: object, path: tuple[str | int, ...] = ()) -> Iterator[Inputs]:
    """Every mapping that has a script's reference for its `Script`."""
    if isinstance(value, dict):
        if str(value.get("Script", "")).startswith(SCRIPT_PREFIX):
            yield value, (*path, "Script")
        for key, item in value.items():
            yield from _script_steps(item, (*path, key))
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from _script_steps(item, (*path, index))


def _script_problems(text: str, handler: object) -> Iterator[str]:
    if "{{" in text:
        line = text[: text.index("{{")].count("\n") + 1
        yield f"line {line}: '{{{{' begins a placeholder that Automation fills in; write it apart"
    try:
        body = ast.parse(text, feature_version=(3, 11)).body
    except SyntaxError as error:
        yield f"line {error.lineno}: {error.msg}"
        return
    functions = {node.name: node for node in body if isinstance(node, ast.FunctionDef)}
    if handler not in functions:
        yield f"expected the function {handler!r}, the step's Handler"
    elif len(functions[str(handler)].args.args) != 2:
        yield f"{handler}() takes the events and the context, two parameters"
