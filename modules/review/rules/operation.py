"""What is done to nodes: installing and rebooting, where it begins and ends."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from modules.review import words
from modules.review.facts import Facts
from modules.review.model.association import Association
from modules.review.model.associations import AssociationChange
from modules.review.report import Finding, RunsOnApply, Severity
from modules.review.rules.findings import finding
from modules.review.values import is_hidden
from modules.review.when import Clock


def check(facts: Facts) -> Iterator[Finding]:
    """Findings about operations and reboots."""
    removed = list(_removed_policies(facts))
    yield from (each for each, _ in removed)
    gone = {address for _, addresses in removed for address in addresses}
    for change in facts.associations:
        if change.after is None:
            if change.change.address not in gone:
                yield _removed(change)
            continue
        yield from _added(change, change.after, facts.clock)
        yield from _operation(change, change.after, facts.clock)
        yield from _reboot(change, change.after)


def _operation(change: AssociationChange, after: Association, clock: Clock) -> Iterator[Finding]:
    if not change.is_touched:
        return
    begins = after.installs and not (change.before and change.before.installs)
    ends = bool(change.before and change.before.installs and not after.installs)
    if begins:
        yield finding(
            "install-begins",
            Severity.CRITICAL,
            change,
            f"Patches {_are(after)} installed{words.on_whom(after)},"
            f" {clock.schedule(after.schedule).words}; {words.reboot(after)}.",
            was_before(change),
            _first_run(change, after, clock),
        )
    if ends:
        yield finding(
            "install-ends",
            Severity.WARNING,
            change,
            f"Patches are no longer installed{words.on_whom(after)}: the operation becomes"
            f" {words.known(after.operation)}.",
        )


def _added(change: AssociationChange, after: Association, clock: Clock) -> Iterator[Finding]:
    """An association that nothing else speaks of: it waits, and does not install."""
    silent = change.runs is RunsOnApply.NO and not (after.installs or after.interrupts)
    if change.before is None and silent:
        yield finding(
            "association-added",
            Severity.NOTICE,
            change,
            f"New: {words.sentence(after, clock)}",
            *words.given(after),
        )


def _are(association: Association) -> str:
    """What is not known before the apply may be."""
    values = (association.document, association.operation, association.reboot_option)
    return "may be" if any(is_hidden(value) for value in values) else "are"


def _first_run(change: AssociationChange, after: Association, clock: Clock) -> str:
    if change.runs is not RunsOnApply.NO:
        return "The apply itself starts it."
    runs = clock.schedule(after.schedule).runs
    first = f": first {clock.moment(runs[0])}" if runs else ""
    return f"The apply does not start it; it waits for its schedule{first}."


def was_before(change: AssociationChange) -> str:
    """What the same association did before."""
    if change.before is None:
        return "There was no such association."
    return f"Before: {words.what(change.before)}{words.on_whom(change.before)}."


def _reboot(change: AssociationChange, after: Association) -> Iterator[Finding]:
    if not change.is_touched:
        return
    before = change.before
    if after.reboots and not (before and before.reboots):
        yield finding(
            "reboot-begins",
            Severity.CRITICAL,
            change,
            f"Nodes {_are(after)} rebooted where a patch needs it:{_whom(after)}.",
            f"{words.reboot_reason(after)}; {words.rate(after)}.",
        )
    if after.interrupts and not (before and before.interrupts == after.interrupts):
        yield finding(
            "reboot-begins",
            Severity.CRITICAL,
            change,
            f"{after.interrupts}:{_whom(after)}.",
            f"The association runs {words.known(after.document)}; {words.rate(after)}.",
        )
    if before and before.reboots and after.installs and not after.reboots:
        yield finding(
            "reboot-ends",
            Severity.NOTICE,
            change,
            f"Nodes are no longer rebooted:{_whom(after)}.",
            "Patches that need a reboot stay pending until somebody reboots the node.",
        )


def _whom(association: Association) -> str:
    return words.on_whom(association).removeprefix(" on") or " no targets"


def _removed(change: AssociationChange) -> Finding:
    before = change.now
    if before.installs:
        return finding(
            "install-ends",
            Severity.WARNING,
            change,
            f"Patches are no longer installed{words.on_whom(before)}: the association is removed.",
        )
    severity = Severity.WARNING if before.patches else Severity.NOTICE
    return finding(
        "association-removed",
        severity,
        change,
        f"This ends: {words.what(before)}{words.on_whom(before)}.",
    )


def _removed_policies(facts: Facts) -> Iterator[tuple[Finding, set[str]]]:
    """A finding for each policy all of whose associations go, and their addresses."""
    groups: dict[tuple[str, str | None], list[AssociationChange]] = defaultdict(list)
    for change in facts.associations:
        if change.now.policy:
            groups[change.now.policy, change.now.region].append(change)
    for (policy, region), changes in sorted(groups.items(), key=str):
        patching = [change for change in changes if change.now.patches]
        if not patching or any(change.after for change in changes):
            continue
        if any(c.now.policy == policy and c.after and not c.now.region for c in facts.associations):
            continue  # made anew under other addresses, in a region that is not known yet
        where = f" in {region}" if region else ""
        yield (
            finding(
                "policy-removed",
                Severity.CRITICAL,
                patching[0],
                f"The patch policy {policy} is removed{where}: its nodes are no longer scanned"
                " or patched.",
                f"{len(changes)} associations are removed, and their compliance history ends.",
                f"Name tags QSConfigName-{policy} and what the runbooks attached to roles stay:"
                " run patch-policy clean-up before the apply.",
            ),
            {change.change.address for change in changes},
        )
