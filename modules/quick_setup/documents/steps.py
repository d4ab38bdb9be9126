"""The steps of a document: the main ones, and those inside of each aws:loop."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

Step = Mapping[str, Any]
Reference = tuple[tuple[str | int, ...], str]


@dataclass(frozen=True)
class Scope:
    """A list of steps. A step can go on with a step of its own list only."""

    path: tuple[str | int, ...]
    steps: Sequence[Step]

    @property
    def names(self) -> tuple[str, ...]:
        """The steps' names, in order."""
        return tuple(step["name"] for step in self.steps)

    def references(self) -> Iterator[Reference]:
        """Every name of a step that one of these steps goes on with, and where it stands."""
        for index, step in enumerate(self.steps):
            yield from _references(step, (*self.path, index))


def scopes(steps: Sequence[Step], path: tuple[str | int, ...] = ("mainSteps",)) -> Iterator[Scope]:
    """This list of steps, then those of the loops in it."""
    yield Scope(path, steps)
    for index, step in enumerate(steps):
        if step["action"] == "aws:loop":
            yield from scopes(step["inputs"]["Steps"], (*path, index, "inputs", "Steps"))


def _references(step: Step, path: tuple[str | int, ...]) -> Iterator[Reference]:
    if "nextStep" in step:
        yield (*path, "nextStep"), step["nextStep"]
    for key in ("onFailure", "onCancel"):
        _, colon, target = step.get(key, "").partition("step:")
        if colon:
            yield (*path, key), target
    if step["action"] == "aws:branch":
        inputs = step["inputs"]
        for index, choice in enumerate(inputs["Choices"]):
            yield (*path, "inputs", "Choices", index, "NextStep"), choice["NextStep"]
        if "Default" in inputs:
            yield (*path, "inputs", "Default"), inputs["Default"]
