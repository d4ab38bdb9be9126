"""Everything that the rules look at, read once from the plan."""

from __future__ import annotations

from dataclasses import dataclass

from modules.review.fleet import Fleet
from modules.review.model.associations import AssociationChange, association_changes
from modules.review.model.baselines import BaselineSelection, baseline_selections
from modules.review.model.document import DocumentChange, changed_documents
from modules.review.model.permissions import PolicyChange, policy_changes
from modules.review.plan import Plan
from modules.review.when import Clock


@dataclass(frozen=True, kw_only=True)
class Facts:
    """The plan, what it means, the clock of its schedules, and the fleet, where there is one."""

    plan: Plan
    clock: Clock
    fleet: Fleet | None
    documents: tuple[DocumentChange, ...]
    baselines: tuple[BaselineSelection, ...]
    associations: tuple[AssociationChange, ...]
    permissions: tuple[PolicyChange, ...]


def gather_facts(plan: Plan, clock: Clock, fleet: Fleet | None = None) -> Facts:
    """Read the plan's resources."""
    documents = tuple(changed_documents(plan))
    return Facts(
        plan=plan,
        clock=clock,
        fleet=fleet,
        documents=documents,
        baselines=tuple(baseline_selections(plan)),
        associations=tuple(association_changes(plan, documents)),
        permissions=tuple(policy_changes(plan)),
    )
