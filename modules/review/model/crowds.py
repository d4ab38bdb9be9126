"""Associations by the nodes that they reach, so that many of them are compared in little time."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
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


def with_earlier(
    found: tuple[Crowd, ...],
) -> Iterator[tuple[AssociationChange, list[AssociationChange]]]:
    """Each association, with those before it that it surely meets."""
    for number, crowd in enumerate(found):
        earlier = [m for each in found[:number] if each.meets(crowd) for m in each.members]
        for change in crowd.members:
            yield change, list(earlier)
            earlier.append(change)
