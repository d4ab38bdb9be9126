"""The same thing before and after: in one resource, or destroyed here and created there.

A resource that changes its address without a `moved` block is two changes in a plan. To AWS it is
one thing that is made anew.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Hashable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from modules.review.plan import Action, Plan, ResourceChange

Identity = Callable[[Mapping[str, Any], ResourceChange], Hashable | None]


@dataclass(frozen=True, kw_only=True)
class Pair:
    """`change` is what makes the thing as it is after, or destroys it."""

    change: ResourceChange
    before: Mapping[str, Any]
    after: Mapping[str, Any]
    before_address: str
    is_new: bool
    """Whether AWS sees a new object where there was one: it is replaced, in whatever way."""


def pairs(plan: Plan, types: tuple[str, ...], identity: Identity) -> Iterator[Pair]:
    """Every resource of these types; `identity` is what a thing is called, None where unknown."""
    changes = list(plan.of_type(*types))
    gone = _once({each.address: identity(each.before, each) for each in changes if _goes(each)})
    new = _once({each.address: identity(each.after, each) for each in changes if _comes(each)})
    old_by_address = {
        address: gone_address
        for name, gone_address in gone.items()
        if (address := new.get(name)) is not None
    }
    absorbed = set(old_by_address.values())
    by_address = {each.address: each for each in changes}
    for change in changes:
        if change.address in absorbed:
            continue
        old = by_address.get(old_by_address.get(change.address, ""), change)
        yield Pair(
            change=change,
            before=old.before,
            after=change.before if change.action is Action.FORGET else change.after,
            before_address=old.address,
            is_new=old is not change or change.action is Action.REPLACE,
        )


def _goes(change: ResourceChange) -> bool:
    return change.action is Action.DELETE


def _comes(change: ResourceChange) -> bool:
    return change.action is Action.CREATE


def _once(names: Mapping[str, Hashable | None]) -> dict[Hashable, str]:
    """Addresses by name, for names that only one has."""
    counts = Counter(names.values())
    return {
        name: address for address, name in names.items() if name is not None and counts[name] == 1
    }
