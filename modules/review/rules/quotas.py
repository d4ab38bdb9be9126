"""Names that State Manager would take twice, and how many associations a node can have.

Source: "AWS Systems Manager endpoints and quotas": 20 associations for each node.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence

from modules.review import words
from modules.review.facts import Facts
from modules.review.model.associations import AssociationChange
from modules.review.model.crowds import Crowd, Meetings, crowds
from modules.review.report import Finding
from modules.review.rules.conflicts import severity
from modules.review.rules.findings import finding

MOST_PER_NODE = 20


def check(facts: Facts) -> Iterator[Finding]:
    """Findings about names and quotas."""
    after = [change for change in facts.associations if change.after]
    yield from _twice(after)
    found = crowds(after, facts.fleet)
    meetings = Meetings(found)
    for number, crowd in enumerate(found):
        together = _together(crowd, [found[each] for each in meetings.of(number)])
        if len(together) > MOST_PER_NODE:
            change = crowd.members[0]
            yield finding(
                "too-many-associations",
                severity(together),
                change,
                f"{len(together)} associations run on {words.targets(change.now.targets)}; a node"
                f" can have {MOST_PER_NODE}.",
            )


def _together(crowd: Crowd, near: Sequence[Crowd]) -> list[AssociationChange]:
    """The associations on the node of a crowd that has most; without a fleet, all that meet."""
    if crowd.nodes is None:
        return [member for other in near for member in other.members]
    of_nodes = (
        [member for other in near if node in (other.nodes or ()) for member in other.members]
        for node in sorted(crowd.nodes)
    )
    return max(of_nodes, key=len, default=[])


def _twice(after: Sequence[AssociationChange]) -> Iterator[Finding]:
    by_name = defaultdict(list)
    for change in after:
        by_name[change.change.module, change.now.region, change.now.name].append(change)
    for changes in by_name.values():
        if len(changes) > 1:
            others = ", ".join(each.change.address for each in changes[:-1][:5])
            yield finding(
                "name-twice",
                severity(changes),
                changes[-1],
                f"State Manager allows two associations of one name, and runs both: {others} has"
                " the same name.",
            )
