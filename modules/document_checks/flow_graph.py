"""In which order the steps of one list can run.

Source: https://docs.aws.amazon.com/systems-manager/latest/userguide/automation-actions.html
(nextStep, isEnd, onFailure, onCancel) and automation-action-branch.html (choices, then Default,
then the next step in the list, unless isEnd).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

Path = tuple[str | int, ...]


@dataclass(frozen=True)
class Edge:
    """That a step can be followed by another; the path, inside of the step, of what says so.

    Without a path it is only the next one in the list. `handles` tells onFailure and onCancel.
    """

    source: int
    target: int
    path: Path = ()
    handles: bool = False


class Graph:
    """The edges between the steps of one list. Steps are known by their places in it."""

    def __init__(self, steps: Sequence[Mapping[str, Any]]) -> None:
        self._steps = steps
        self._place: dict[str, int] = {}
        for index, step in enumerate(steps):
            self._place.setdefault(step["name"], index)
        self.ends: set[int] = set()
        self.edges: tuple[Edge, ...] = tuple(self._all_edges())

    def reached_from(self, start: int) -> frozenset[int]:
        """The steps that can run after a step; itself only where it can run again."""
        return self._reached[start]

    @cached_property
    def reachable(self) -> frozenset[int]:
        """The steps that can run at all."""
        return self._reached[0] | {0}

    @cached_property
    def _reached(self) -> Sequence[frozenset[int]]:
        following: list[set[int]] = [set() for _ in self._steps]
        for edge in self.edges:
            following[edge.source].add(edge.target)
        return [frozenset(_closure(following, index)) for index in range(len(self._steps))]

    def _all_edges(self) -> Iterator[Edge]:
        for index, step in enumerate(self._steps):
            yield from self._on_success(index, step)
            yield from self._on_failure(index, step)
            yield from self._to(index, _named(step.get("onCancel")), ("onCancel",), handles=True)

    def _on_success(self, index: int, step: Mapping[str, Any]) -> Iterator[Edge]:
        if step["action"] == "aws:branch":
            for number, choice in enumerate(step["inputs"]["Choices"]):
                path = ("inputs", "Choices", number, "NextStep")
                yield from self._to(index, choice["NextStep"], path)
            if "Default" in step["inputs"]:
                yield from self._to(index, step["inputs"]["Default"], ("inputs", "Default"))
                return
        if str(step.get("isEnd", False)).lower() == "true":
            self.ends.add(index)
        elif "nextStep" in step:
            yield from self._to(index, step["nextStep"], ("nextStep",))
        elif index + 1 < len(self._steps):
            yield Edge(index, index + 1)
        else:
            self.ends.add(index)

    def _on_failure(self, index: int, step: Mapping[str, Any]) -> Iterator[Edge]:
        """`Continue` goes where success goes."""
        yield from self._to(index, _named(step.get("onFailure")), ("onFailure",), handles=True)

    def _to(
        self, source: int, name: str | None, path: Path, handles: bool = False
    ) -> Iterator[Edge]:
        """A name that is no step's is found by another rule."""
        if name in self._place:
            yield Edge(source, self._place[name], path, handles)


def _named(answer: object) -> str | None:
    """The step that an onFailure or onCancel names."""
    _, colon, name = str(answer).partition("step:")
    return name.strip() if colon else None


def _closure(following: Sequence[set[int]], start: int) -> set[int]:
    found: set[int] = set()
    ahead = list(following[start])
    while ahead:
        index = ahead.pop()
        if index not in found:
            found.add(index)
            ahead += following[index] - found
    return found
