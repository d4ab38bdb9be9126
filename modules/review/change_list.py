"""Every change of the plan, by resource: for the list at a report's end, and its totals."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from modules.review.cosmetics import changed_attributes, cosmetic_kind
from modules.review.leaves import leaves
from modules.review.plan import Action, Plan, ResourceChange
from modules.review.report import Change
from modules.review.values import measured, shown

_LONGEST = 160


def counts(plan: Plan) -> dict[str, int]:
    """How many resources, by what the apply does with them."""
    counted = Counter(str(each.action) for each in plan.changes if each.is_change)
    found = {str(action): counted[action] for action in Action if action in counted}
    moved = sum(1 for each in plan.changes if each.previous_address)
    imported = sum(1 for each in plan.changes if each.imported)
    return found | ({"move": moved} if moved else {}) | ({"import": imported} if imported else {})


def changes(plan: Plan) -> Iterator[Change]:
    """Every resource that the apply changes, imports or moves."""
    for change in plan.changes:
        cosmetic = cosmetic_kind(change)
        if change.is_change or change.imported or change.previous_address:
            yield Change(
                address=change.address,
                type=change.type,
                action=str(change.action),
                summary=_summary(change),
                attributes=tuple(differences(change)),
                cosmetic=cosmetic,
            )


def _summary(change: ResourceChange) -> str:
    notes = []
    if change.previous_address:
        notes.append(f"moved from {change.previous_address}")
    if change.imported:
        notes.append(f"imported ({change.imported})")
    if change.deposed:
        notes.append("left over of an interrupted replacement")
    if change.replace_paths:
        notes.append(f"replaced for {', '.join(change.replace_paths)}")
    elif change.reason and change.action is not Action.FORGET:
        notes.append(change.reason.replace("_", " "))
    return "; ".join(notes)


def differences(change: ResourceChange) -> Iterator[str]:
    """What differs within a resource that is changed or replaced, a line each."""
    if change.action not in (Action.UPDATE, Action.REPLACE):
        return
    for name in changed_attributes(change):
        for place, before, after in leaves(name, change.before.get(name), change.after.get(name)):
            yield _difference(place, before, after)


def _difference(name: str, before: object, after: object) -> str:
    old, new = shown(before), shown(after)
    if len(old) + len(new) > _LONGEST or "\n" in old + new:
        return f"{name}: {measured(before)} -> {measured(after)}"
    return f"{name}: {old} -> {new}"


def cosmetic_line(plan: Plan) -> str | None:
    """How many changes need no review, and why; None where there is none."""
    kinds = Counter(kind for each in plan.changes if (kind := cosmetic_kind(each)))
    if not kinds:
        return None
    listed = ", ".join(f"{number} {kind}" for kind, number in sorted(kinds.items()))
    return f"Cosmetic: {listed}."
