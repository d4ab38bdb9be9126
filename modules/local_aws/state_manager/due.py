"""What is due, and when: the first of it.

Sources: "About State Manager", when associations are applied to resources; API reference of
CreateAssociation (ApplyOnlyAtCronInterval: "and when target changes are detected"). Runbooks are
not run for new targets: "the association must have been created by a Quick Setup configuration"
("About State Manager", target updates with Automation runbooks).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from modules.local_aws.associations import Association, next_run
from modules.local_aws.documents import Document, find_document
from modules.local_aws.errors import AwsError
from modules.local_aws.managed_nodes import ManagedNode
from modules.local_aws.moto_backends import Place
from modules.local_aws.node_rights import NodeRights
from modules.local_aws.state_manager.executions import RequestedExecution
from modules.local_aws.state_manager.targets import command_targets

if TYPE_CHECKING:
    from modules.local_aws.state import State

SOON = timedelta(microseconds=1)


@dataclass(frozen=True, kw_only=True)
class Due:
    """A run that is due, or that new nodes (`only`) call for."""

    place: Place
    association: Association
    request: RequestedExecution
    only: Sequence[ManagedNode] | None = None


def next_due(state: State, moment: datetime) -> Due | None:
    """The earliest run up to a moment; of several at once, of the association that is oldest."""
    with state.lock:
        every = [due for due in _requests(state) if due.request.requested <= moment]
        first = min(every, key=lambda due: due.request.requested, default=None)
        now = state.now()
        arrived = _arrivals(state) if first is None or first.request.requested > now else None
        return arrived or first


def _requests(state: State) -> Iterator[Due]:
    for place, here in state.associations.by_place.items():
        for association in list(here.values()):
            yield from (
                Due(place=place, association=association, request=request)
                for request in (*association.owed[:1], *_scheduled(association))
            )


def _scheduled(association: Association) -> Iterator[RequestedExecution]:
    if association.scheduled is None:
        # A time that has been served is not served again.
        served = association.last_run + SOON if association.last_run else None
        changed = association.current.created
        association.scheduled = next_run(association, max(served or changed, changed))
    if association.scheduled is not None:
        yield RequestedExecution(
            reason="schedule",
            version=association.current.number,
            requested=association.scheduled,
        )


def _arrivals(state: State) -> Due | None:
    """The first association that nodes have come up for since it ran.

    Looked for only where something may have changed since: a call, or that roles come of age.
    """
    if state.calls.changes == state.seen_changes and not state.switches.role_delay_seconds:
        return None
    for place, here in state.associations.by_place.items():
        for association in list(here.values()):
            nodes = _new_nodes(state, place, association)
            if nodes:
                number = association.current.number
                request = RequestedExecution(
                    reason="targets", version=number, requested=state.now()
                )
                return Due(place=place, association=association, request=request, only=nodes)
    state.seen_changes = state.calls.changes
    return None


def _new_nodes(state: State, place: Place, association: Association) -> list[ManagedNode]:
    settings = association.settings
    if association.last_run is None or settings["ApplyOnlyAtCronInterval"]:
        return []
    if "Targets" not in settings or "AutomationTargetParameterName" in settings:
        return []
    document = document_of(state, place, association)
    if document is None or document.is_automation:
        return []
    rights = NodeRights(state, place)
    targets = command_targets(state, place, settings)
    missing = [node for node in targets if node.id not in association.reached]
    if len(association.reached) > len(targets) - len(missing):
        # Who is no target any more, and comes back, is new again.
        association.reached &= {node.id for node in targets}
    return [node for node in missing if rights.is_online(node)]


def document_of(state: State, place: Place, association: Association) -> Document | None:
    """The document that an association runs; None where it is gone."""
    settings = association.settings
    try:
        return find_document(state, place, settings["Name"], settings["DocumentVersion"])
    except AwsError:
        return None
