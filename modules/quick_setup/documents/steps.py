"""The steps of a document: the main ones, and those inside of each aws:loop."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

Step = Mapping[str, Any]
Reference = tuple[tuple[str | int, ...], str]


@dataclass(frozen=True)
class Scope:
    """A list of steps, and the names of those around it, where it is a loop's.

    A step can go on with one of its own list, and leave the loop for one around it: the loop takes
    on its steps' onFailure (automation-action-loop.html), and AWS-DiagnoseUnmanagedEC2NetworkIssues
    leaves one by nextStep.
    """

    path: tuple[str | int, ...]
    steps: Sequence[Step]
    around: tuple[str, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        """The steps' names, in order."""
        return tuple(step["name"] for step in self.steps)

    @property
    def targets(self) -> tuple[str, ...]:
        """The names that these steps can go on with."""
        return (*self.names, *self.around)

    def references(self) -> Iterator[Reference]:
        """Every name of a step that one of these steps goes on with, and where it stands."""
        for index, step in enumerate(self.steps):
            yield from _references(step, (*self.path, index))


def scopes(
    steps: Sequence[Step],
    path: tuple[str | int, ...] = ("mainSteps",),
    around: tuple[str, ...] = (),
) -> Iterator[Scope]:
    """This list of steps, then those of the loops in it."""
    scope = Scope(path, steps, around)
    yield scope
    for index, step in enumerate(steps):
        if step["action"] == "aws:loop":
            inner = (*path, index, "inputs", "Steps")
            yield from scopes(step["inputs"]["Steps"], inner, scope.targets)


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
