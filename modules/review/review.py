"""Reviews a plan: facts, rules, and the report that every renderer shows."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from modules.review import words
from modules.review.agenda import calendar
from modules.review.change_list import changes, cosmetic_line, counts
from modules.review.facts import Facts, gather_facts
from modules.review.fleet import Fleet
from modules.review.model.associations import AssociationChange
from modules.review.model.permissions import PolicyChange
from modules.review.model.reach import left_out, targeted, waves
from modules.review.plan import Plan
from modules.review.redaction import redacted
from modules.review.report import (
    Association,
    Finding,
    FleetAssociation,
    Permission,
    Report,
)
from modules.review.rules import check_all
from modules.review.rules.findings import physical_name
from modules.review.rules.permissions import wide_marks
from modules.review.when import Clock


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
    report = Report(
        source=source,
        zone=clock.zone_name,
        start=clock.start,
        terraform_version=plan.terraform_version,
        counts=counts(plan),
        policies=tuple(sorted({a.now.policy for a in facts.associations if a.now.policy})),
        findings=tuple(_allow(each, allowed) for each in check_all(facts)),
        associations=tuple(_associations(facts)),
        calendar=tuple(calendar(facts.associations, clock, hours)),
        permissions=tuple(_permissions(facts.permissions)),
        changes=tuple(changes(plan)),
        cosmetic=cosmetic_line(plan),
        outputs=plan.changed_outputs,
        fleet=reached,
    )
    return redacted(report, plan.secrets)


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


def _permissions(changes: Iterable[PolicyChange]) -> Iterator[Permission]:
    for change in changes:
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
