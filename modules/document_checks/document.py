"""An Automation document whose form is right, as the rules see it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from modules.document_checks.flow_graph import Graph
from modules.quick_setup.documents.steps import Scope, scopes

Path = tuple[str | int, ...]


@dataclass(frozen=True, eq=False)
class Step:
    """A step, where it stands, the graph of the list of steps it is in, and the loops around it."""

    content: Mapping[str, Any]
    path: Path
    graph: Graph
    index: int
    loops: tuple[Step, ...] = ()

    @property
    def name(self) -> str:
        """The step's name."""
        return str(self.content["name"])

    @property
    def action(self) -> str:
        """The step's action, as `aws:sleep`."""
        return str(self.content["action"])

    @property
    def inputs(self) -> Mapping[str, Any]:
        """The step's inputs."""
        inputs: Mapping[str, Any] = self.content["inputs"]
        return inputs

    @property
    def outputs(self) -> tuple[Mapping[str, Any], ...]:
        """The outputs that the step declares."""
        return tuple(self.content.get("outputs", ()))


@dataclass(frozen=True)
class Document:
    """The content of a document of schema version 0.3, which the JSON Schema accepts.

    `doubtful` are the places of outputs of which something is wrong: their types are not relied on;
    `texts`, of those that have no type, and are text.
    """

    content: Mapping[str, Any] = field(repr=False)
    doubtful: frozenset[Path] = frozenset()
    texts: frozenset[Path] = frozenset()

    @cached_property
    def scopes(self) -> tuple[Scope, ...]:
        """The lists of steps: the main one, and that of each loop."""
        return tuple(scopes(self.content["mainSteps"]))

    @cached_property
    def steps(self) -> tuple[Step, ...]:
        """Every step, a loop's before those in it."""
        return tuple(_steps(self.content["mainSteps"], ("mainSteps",), ()))

    @cached_property
    def step_by_name(self) -> Mapping[str, Step]:
        """The steps by their names; the first one where two have the same."""
        return {step.name: step for step in reversed(self.steps)}

    @property
    def parameters(self) -> Mapping[str, Any]:
        """The declared parameters."""
        parameters: Mapping[str, Any] = self.content.get("parameters", {})
        return parameters

    @property
    def variables(self) -> Mapping[str, Any]:
        """The declared variables."""
        variables: Mapping[str, Any] = self.content.get("variables", {})
        return variables


def _steps(contents: list[Any], path: Path, loops: tuple[Step, ...]) -> Iterator[Step]:
    graph = Graph(contents)
    for index, content in enumerate(contents):
        step = Step(content, (*path, index), graph, index, loops)
        yield step
        if content["action"] == "aws:loop":
            inner = (*path, index, "inputs", "Steps")
            yield from _steps(content["inputs"]["Steps"], inner, (*loops, step))
