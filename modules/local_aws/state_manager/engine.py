"""Runs what is due, in order of time: the same fleet and the same calls give the same history.

An association runs when it was created or changed, on its schedule, on request, and, one with a
Command document, on nodes that are newly there ("About State Manager", "when associations are
applied to resources"). Runbooks are not run for new targets: "the association must have been
created by a Quick Setup configuration" (same page, target updates with Automation runbooks).
A run takes no time by the embedded AWS's clock.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from modules.local_aws.associations import Association, next_run
from modules.local_aws.documents import Document, find_document, target_type_of
from modules.local_aws.errors import AwsError
from modules.local_aws.managed_nodes import ManagedNode
from modules.local_aws.moto_backends import Place
from modules.local_aws.node_identity import is_online
from modules.local_aws.state_manager.automation_runs import AutomationRun, run_for_each, run_once
from modules.local_aws.state_manager.command_runs import CommandRun, new_command_id, run_command
from modules.local_aws.state_manager.executions import (
    PENDING,
    Execution,
    RequestedExecution,
    TargetResult,
)
from modules.local_aws.state_manager.rate_control import (
    DEFAULT_CONCURRENCY,
    DEFAULT_ERRORS,
    RateControl,
)
from modules.local_aws.state_manager.targets import automation_targets, command_targets

if TYPE_CHECKING:
    from modules.local_aws.state import State

SOON = timedelta(microseconds=1)

SOON = timedelta(microseconds=1)

Listener = Callable[[Place, Association, Execution], None]
"""Told of each run when it is over."""


@dataclass(frozen=True, kw_only=True)
class Due:
    """A run that is due, or that new nodes (`only`) call for."""

    place: Place
    association: Association
    request: RequestedExecution
    only: Sequence[ManagedNode] | None = None


def run_until(
    state: State, moment: datetime, tell: Listener = lambda _place, _association, _run: None
) -> int:
    """Do everything that is due up to a moment; how many runs there were.

    The clock stands at each run's own time while it runs, and at `moment` in the end, from where
    it runs on unless it was held before.
    """
    with state.engine:
        held = state.clock.held is not None
        count = 0
        try:
            while due := _next_due(state, moment):
                state.clock.hold(max(due.request.requested, state.now()))
                tell(due.place, due.association, _run(state, due))
                count += 1
        finally:
            state.clock.hold(max(moment, state.now()))
            if not held:
                state.clock.run_from(state.now())
    return count


def _next_due(state: State, moment: datetime) -> Due | None:
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
    document = _document(state, place, association)
    if document is None or document.is_automation:
        return []
    return [
        node
        for node in command_targets(state, place, settings)
        if node.id not in association.reached and is_online(state, place, node)
    ]


def _document(state: State, place: Place, association: Association) -> Document | None:
    settings = association.settings
    try:
        return find_document(state, place, settings["Name"], settings["DocumentVersion"])
    except AwsError:
        return None


def _run(state: State, due: Due) -> Execution:
    association, failure = due.association, ""
    targets: tuple[TargetResult, ...] = ()
    with state.lock:
        _take_off(state, due)
        document = _document(state, due.place, association)
    try:
        if document is None:
            failure = f"{association.settings['Name']} does not exist"
        elif document.is_automation:
            targets = _run_automation(state, due)
        else:
            targets = _run_command(state, due, document)
    except AwsError as error:
        failure = error.message
    execution = Execution(
        version=due.request.version,
        reason=due.request.reason,
        created=state.now(),
        targets=targets,
        failure=failure,
    )
    with state.lock:
        association.history.append(execution)
        association.reached |= {t.resource_id for t in targets if t.status != PENDING}
    return execution


def _take_off(state: State, due: Due) -> None:
    """Take a run off what is owed; whatever else was due of the association is due no more."""
    association = due.association
    if due.only is not None:
        return
    if due.request in association.owed:
        association.owed.remove(due.request)
    else:
        association.scheduled = None
    if due.request.reason != "schedule":
        association.reached.clear()
    association.last_run = state.now()


def _control(association: Association, *, ramps_up: bool) -> RateControl:
    settings = association.settings
    return RateControl(
        max_concurrency=settings.get("MaxConcurrency", DEFAULT_CONCURRENCY),
        max_errors=settings.get("MaxErrors", DEFAULT_ERRORS),
        ramps_up=ramps_up,
    )


def _run_command(state: State, due: Due, document: Document) -> tuple[TargetResult, ...]:
    with state.lock:
        settings = due.association.settings
        nodes = command_targets(state, due.place, settings) if due.only is None else due.only
        run = CommandRun(
            state=state,
            place=due.place,
            association=due.association,
            document=document,
            control=_control(due.association, ramps_up=False),
            command_id=new_command_id(),
        )
        return run_command(run, nodes)


def _run_automation(state: State, due: Due) -> tuple[TargetResult, ...]:
    """Without the lock: a runbook's steps call back."""
    with state.lock:
        settings = due.association.settings
        kind = target_type_of(due.place, settings["Name"])
        targets = automation_targets(state, due.place, settings, kind)
    run = AutomationRun(
        state=state,
        place=due.place,
        association=due.association,
        control=_control(due.association, ramps_up=True),
    )
    return run_once(run) if targets is None else run_for_each(run, targets)
