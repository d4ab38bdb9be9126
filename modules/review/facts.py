"""Everything that the rules look at, read once from the plan."""

from __future__ import annotations

from dataclasses import dataclass

from modules.review.model.associations import AssociationChange, association_changes
from modules.review.model.document import DocumentChange, changed_documents
from modules.review.plan import Plan
from modules.review.when import Clock


@dataclass(frozen=True, kw_only=True)
class Facts:
    """The plan, what it means, and the clock that its schedules are read by."""

    plan: Plan
    clock: Clock
    documents: tuple[DocumentChange, ...]
    associations: tuple[AssociationChange, ...]


def gather_facts(plan: Plan, clock: Clock) -> Facts:
    """Read the plan's resources."""
    documents = tuple(changed_documents(plan))
    return Facts(
        plan=plan,
        clock=clock,
        documents=documents,
        associations=tuple(association_changes(plan, documents)),
    )
