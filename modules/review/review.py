"""Reviews a plan: facts, rules, and the report that every renderer shows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import replace

from modules.review import words
from modules.review.agenda import calendar
from modules.review.cosmetics import changed_attributes, cosmetic_kind
from modules.review.facts import Facts, gather_facts
from modules.review.fleet import Fleet
from modules.review.model.associations import AssociationChange
from modules.review.model.permissions import policy_changes
from modules.review.model.reach import left_out, targeted, waves
from modules.review.plan import Action, Plan, ResourceChange
from modules.review.report import (
    Association,
    Change,
    Finding,
    FleetAssociation,
    Permission,
    Report,
)
from modules.review.rules import check_all
from modules.review.rules.findings import physical_name
from modules.review.rules.permissions import wide_marks
from modules.review.values import shown
from modules.review.when import Clock

_LONGEST = 160


def review(
    plan: Plan,
    clock: Clock,
    source: str,
    allowed: Mapping[str, str],
    fleet: Fleet | None = None,
) -> Report:
    """The report of a plan; `allowed` has a reason for each rule that is let pass."""
    facts = gather_facts(plan, clock, fleet)
    reached = tuple(_reaches(facts, fleet)) if fleet else None
    hours = {each.address: each.hours_at_most for each in reached or () if each.hours_at_most}
    changes = tuple(_changes(plan))
    return Report(
        source=source,
        zone=clock.zone_name,
        start=clock.start,
        terraform_version=plan.terraform_version,
        counts=_counts(plan),
        policies=tuple(sorted({a.now.policy for a in facts.associations if a.now.policy})),
        findings=tuple(_allow(each, allowed) for each in check_all(facts)),
        associations=tuple(_associations(facts)),
        calendar=tuple(calendar(facts.associations, clock, hours)),
        permissions=tuple(_permissions(plan)),
        changes=changes,
        cosmetic=_cosmetic(plan),
        fleet=reached,
    )


def _reaches(facts: Facts, fleet: Fleet) -> Iterator[FleetAssociation]:
    for change in facts.associations:
        nodes = targeted(change.after, fleet) if change.after else None
        if change.after is None or not nodes:
            continue
        before = targeted(change.before, fleet) if change.before else None
        found = waves(change.after, len(nodes))
        out = left_out(change.after, nodes, fleet, facts.plan, facts.baselines)
        yield FleetAssociation(
            address=change.change.address,
            name=change.now.name,
            nodes=len(nodes),
            nodes_before=None if before is None else len(before),
            concurrent=found.concurrent if found else None,
            waves=found.waves if found else None,
            hours_at_most=found.hours_at_most if found else None,
            left_out=tuple(f"{node.id}: {why}" for node, why in out) if change.now.patches else (),
        )


def _allow(finding: Finding, allowed: Mapping[str, str]) -> Finding:
    return replace(finding, allowed=allowed.get(finding.rule))


def _counts(plan: Plan) -> dict[str, int]:
    counted = Counter(str(each.action) for each in plan.changes if each.is_change)
    counts = {str(action): counted[action] for action in Action if action in counted}
    moved = sum(1 for each in plan.changes if each.previous_address)
    imported = sum(1 for each in plan.changes if each.imported)
    return counts | ({"move": moved} if moved else {}) | ({"import": imported} if imported else {})


def _associations(facts: Facts) -> Iterator[Association]:
    def order(change: AssociationChange) -> tuple[object, ...]:
        now = change.now
        return (
            now.policy or "",
            now.region or "",
            not now.installs,
            not now.patches,
            change.change.address,
        )

    for change in sorted(facts.associations, key=order):
        yield _association(change, facts.clock)


def _association(change: AssociationChange, clock: Clock) -> Association:
    now, before, after = change.now, change.before, change.after
    differs = bool(change.attributes) or after is None
    return Association(
        address=change.change.address,
        name=now.name,
        policy=now.policy,
        purpose=now.purpose,
        operation=words.known(now.operation) if now.patches else None,
        reboots=bool(after and after.reboots),
        action="replace" if change.is_new and before else str(change.change.action),
        sentence=words.sentence(now, clock),
        sentence_before=words.sentence(before, clock) if before and differs else None,
        before=clock.schedule(before.schedule) if before else None,
        after=clock.schedule(after.schedule) if after else None,
        runs_on_apply=change.runs,
        reasons=change.reasons,
        changes=change.differences,
    )


def _permissions(plan: Plan) -> Iterator[Permission]:
    for change in policy_changes(plan):
        name = physical_name(change.change) or change.change.address
        for each in change.statements:
            statement = each.now
            kind = "changed" if each.before and each.after else "added" if each.after else "removed"
            yield Permission(
                address=change.change.address,
                kind=f"{change.kind} of {name}",
                effect=statement.effect,
                change=kind,
                sid=statement.sid,
                widens=each.widens,
                lines=each.lines,
                marks=wide_marks(each),
            )


def _changes(plan: Plan) -> Iterator[Change]:
    for change in plan.changes:
        cosmetic = cosmetic_kind(change)
        if change.is_change or change.imported or change.previous_address:
            yield Change(
                address=change.address,
                type=change.type,
                action=str(change.action),
                summary=_summary(change),
                attributes=tuple(_attributes(change)),
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
    elif change.reason:
        notes.append(change.reason.replace("_", " "))
    return "; ".join(notes)


def _attributes(change: ResourceChange) -> Iterator[str]:
    if change.action not in (Action.UPDATE, Action.REPLACE):
        return
    for name in changed_attributes(change):
        before, after = change.before.get(name), change.after.get(name)
        if isinstance(before, Mapping) and isinstance(after, Mapping):
            for key in sorted({*before, *after}):
                if before.get(key) != after.get(key):
                    yield _difference(f"{name}.{key}", before.get(key), after.get(key))
        else:
            yield _difference(name, before, after)


def _difference(name: str, before: object, after: object) -> str:
    old, new = shown(before), shown(after)
    if len(old) + len(new) > _LONGEST or "\n" in old + new:
        return f"{name}: {len(old)} characters -> {len(new)} characters"
    return f"{name}: {old} -> {new}"


def _cosmetic(plan: Plan) -> str | None:
    kinds = Counter(kind for each in plan.changes if (kind := cosmetic_kind(each)))
    if not kinds:
        return None
    listed = ", ".join(f"{number} {kind}" for kind, number in sorted(kinds.items()))
    return f"Cosmetic: {listed}."
