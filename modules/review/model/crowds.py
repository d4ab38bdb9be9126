"""Associations by the nodes that they reach, so that many of them are compared in little time."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from modules.review.fleet import Fleet
from modules.review.model.association import Targets
from modules.review.model.associations import AssociationChange
from modules.review.model.reach import targeted
from modules.review.model.target_sets import Normal, normal, surely_meet


@dataclass(frozen=True, kw_only=True)
class Crowd:
    """Associations with the same targets in the same region.

    `nodes` are the IDs of those that they reach, where there is a fleet.
    """

    region: str | None
    targets: Normal
    members: tuple[AssociationChange, ...]
    nodes: frozenset[str] | None = None

    def meets(self, other: Crowd) -> bool:
        """Whether two crowds surely have nodes in common."""
        if self.region and other.region and self.region != other.region:
            return False
        if self.nodes is not None and other.nodes is not None:
            return bool(self.nodes & other.nodes)
        return surely_meet(self.targets, other.targets)


def crowds(
    associations: Iterable[AssociationChange], fleet: Fleet | None = None
) -> tuple[Crowd, ...]:
    """The crowds of associations whose targets are known, in the order of their first members."""
    members: dict[object, list[AssociationChange]] = defaultdict(list)
    normals: dict[object, tuple[str | None, Normal]] = {}
    for change in associations:
        targets = change.now.targets
        if not isinstance(targets, Targets) or not targets.by_key:
            continue
        form = normal(targets)
        key = (change.now.region, frozenset(form.items()))
        members[key].append(change)
        normals[key] = (change.now.region, form)
    return tuple(
        Crowd(
            region=normals[key][0],
            targets=normals[key][1],
            members=tuple(found),
            nodes=_nodes(found[0], fleet),
        )
        for key, found in members.items()
    )


def _nodes(change: AssociationChange, fleet: Fleet | None) -> frozenset[str] | None:
    nodes = targeted(change.now, fleet) if fleet else None
    return None if nodes is None else frozenset(node.id for node in nodes)


class Meetings:
    """Which crowds surely meet, found without comparing each with all others.

    Crowds that meet have a value of a key in common, or a node; or one of them has no limit; or
    one is of any value of a tag that the other names.
    """

    def __init__(self, found: Sequence[Crowd]) -> None:
        self.found = found
        self._by_mark: dict[object, list[int]] = defaultdict(list)
        self._by_tag: dict[str, list[int]] = defaultdict(list)
        for number, crowd in enumerate(found):
            for mark in _marks(crowd):
                self._by_mark[mark].append(number)
            for tag in _tags(crowd):
                self._by_tag[tag].append(number)

    def of(self, number: int) -> list[int]:
        """The numbers of the crowds that meet this one, itself among them, in their order."""
        crowd = self.found[number]
        marks = _marks(crowd)
        if _EVERYWHERE in marks:
            return [n for n, other in enumerate(self.found) if other.meets(crowd)]
        near = {n for mark in {*marks, _EVERYWHERE} for n in self._by_mark[mark]}
        near |= {n for tag in _tags(crowd) for n in self._by_mark["tag-key", tag]}
        if crowd.nodes is None:
            any_value = crowd.targets.get("tag-key", frozenset[str]())
            near |= {n for tag in any_value for n in self._by_tag[tag]}
        return [n for n in sorted(near) if self.found[n].meets(crowd)]


_EVERYWHERE = "everywhere"


def _marks(crowd: Crowd) -> set[object]:
    """What two crowds that meet have in common."""
    if crowd.nodes is not None:
        return set(crowd.nodes)
    marks: set[object] = {(key, value) for key in crowd.targets for value in crowd.targets[key]}
    return marks or {_EVERYWHERE}


def _tags(crowd: Crowd) -> list[str]:
    """The tags of which it names a value."""
    if crowd.nodes is not None:
        return []
    return [key.removeprefix("tag:") for key in crowd.targets if key.startswith("tag:")]


def with_earlier(
    found: tuple[Crowd, ...],
) -> Iterator[tuple[AssociationChange, list[AssociationChange]]]:
    """Each association, with those before it that it surely meets."""
    meetings = Meetings(found)
    for number, crowd in enumerate(found):
        near = [found[other] for other in meetings.of(number) if other < number]
        earlier = [member for each in near for member in each.members]
        for change in crowd.members:
            yield change, list(earlier)
            earlier.append(change)
