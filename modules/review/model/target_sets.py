"""Targets compared as sets of nodes, without knowing the nodes."""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum

from modules.review.model.association import Targets

_IDS = ("InstanceIds", "ParameterValues")
_GROUPS = ("resource-groups:Name", "ResourceGroup")
_KEYS = {
    **dict.fromkeys(_IDS, "ids"),
    **dict.fromkeys(_GROUPS, "resource group"),
}


class Relation(Enum):
    """How the nodes of one set of targets stand to those of another."""

    SAME = "same"
    WIDER = "wider"
    NARROWER = "narrower"
    OTHER = "other"


Normal = Mapping[str, frozenset[str]]


def normal(targets: Targets) -> Normal:
    """Targets in one form for Command and Automation documents."""
    return {
        _KEYS.get(key, key): frozenset(values)
        for key, values in targets.by_key.items()
        if values != ("*",) or key not in _IDS
    }


def relation(before: Targets, after: Targets) -> Relation:
    """Whether a change reaches more nodes, fewer, or others; OTHER where it cannot be said."""
    if before.by_key == after.by_key:
        return Relation.SAME
    if not before.by_key or not after.by_key:
        return Relation.OTHER
    old, new = normal(before), normal(after)
    if old == new:
        return Relation.SAME
    if _contains(new, old):
        return Relation.WIDER
    if _contains(old, new):
        return Relation.NARROWER
    return Relation.OTHER


def _contains(outer: Normal, inner: Normal) -> bool:
    """Whether every node that fits all keys of `inner` fits all of `outer`."""
    return all(_key_holds(key, values, inner) for key, values in outer.items())


def _key_holds(key: str, values: frozenset[str], inner: Normal) -> bool:
    if key == "tag-key" and any(f"tag:{each}" in inner for each in values):
        return True
    return key in inner and inner[key] <= values


def surely_meet(one: Normal, other: Normal) -> bool:
    """Whether targets in normal form have nodes in common for sure, if they have any."""
    if one == other:
        return True
    if one.keys() == other.keys():
        return all(one[key] & other[key] for key in one)
    return _contains(one, other) or _contains(other, one)
