"""Runs what is due, in order of time: the same fleet and the same calls give the same history.

A run takes no time by the embedded AWS's clock. What is due, and why, stands in `due`.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING

from modules.local_aws.associations import Association
from modules.local_aws.documents import Document, target_type_of
from modules.local_aws.errors import AwsError
from modules.local_aws.moto_backends import Place
from modules.local_aws.state_manager.automation_runs import AutomationRun, run_for_each, run_once
from modules.local_aws.state_manager.command_runs import CommandRun, new_command_id, run_command
from modules.local_aws.state_manager.due import Due, document_of, next_due
from modules.local_aws.state_manager.executions import PENDING, Execution, TargetResult
from modules.local_aws.state_manager.rate_control import (
    DEFAULT_CONCURRENCY,
    DEFAULT_ERRORS,
    RateControl,
)
from modules.local_aws.state_manager.targets import command_targets, runbook_targets

if TYPE_CHECKING:
    from modules.local_aws.state import State

Listener = Callable[[Place, Association, Execution], None]
"""Told of each run when it is over."""


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
            while due := next_due(state, moment):
                state.clock.hold(max(due.request.requested, state.now()))
                tell(due.place, due.association, _run(state, due))
                count += 1
        finally:
            state.clock.hold(max(moment, state.now()))
            if not held:
                state.clock.run_from(state.now())
    return count


def _run(state: State, due: Due) -> Execution:
    association, failure = due.association, ""
    targets: tuple[TargetResult, ...] = ()
    with state.lock:
        _take_off(state, due)
        document = document_of(state, due.place, association)
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
        # New nodes are run for once, even where that came to nothing.
        association.reached |= {node.id for node in due.only or ()}
        association.reached |= {t.resource_id for t in targets if t.status != PENDING}
        # Those that are away now get it when they are back, though they had it before.
        association.reached -= {t.resource_id for t in targets if t.status == PENDING}
    return execution


def _take_off(state: State, due: Due) -> None:
    """Take a run off what is owed; whatever else was due of the association is due no more."""
    association = due.association
    if due.only is not None:
        return
    if due.request in association.owed:
        association.owed.remove(due.request)
    if association.scheduled is not None and association.scheduled <= state.now():
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
        targets = runbook_targets(state, due.place, settings, kind)
    run = AutomationRun(
        state=state,
        place=due.place,
        association=due.association,
        control=_control(due.association, ramps_up=True),
    )
    return run_once(run) if targets is None else run_for_each(run, targets)
