"""A runbook on its targets: an automation execution for each, or one where there are none.

An association's runbook runs as the role that its parameters name; State Manager adds nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from modules.local_aws import automation
from modules.local_aws.associations import Association
from modules.local_aws.errors import AwsError
from modules.local_aws.moto_backends import Place
from modules.local_aws.state_manager.executions import (
    AUTOMATION,
    CANCELLED,
    FAILED,
    SUCCESS,
    TERMINATED,
    TargetResult,
)
from modules.local_aws.state_manager.rate_control import RateControl, carry_out
from modules.local_aws.state_manager.targets import RunbookTarget
from modules.local_aws.turns import side_by_side

if TYPE_CHECKING:
    from modules.local_aws.state import State

STARTED_BY = "State Manager"


@dataclass(frozen=True, kw_only=True)
class AutomationRun:
    """One run of an association with a runbook."""

    state: State
    place: Place
    association: Association
    control: RateControl


def run_once(run: AutomationRun) -> tuple[TargetResult, ...]:
    """Run a runbook that has no targets."""
    return (_execute(run, None),)


def run_for_each(run: AutomationRun, targets: Sequence[RunbookTarget]) -> tuple[TargetResult, ...]:
    """Run it for each target, within the limits."""
    done, spared = carry_out(
        targets,
        partial(side_by_side, partial(_execute, run)),
        lambda result: result.status == FAILED,
        run.control,
    )
    return (*done, *(_spared(run, target.value) for target in spared))


def _execute(run: AutomationRun, target: RunbookTarget | None) -> TargetResult:
    """One execution. One that cannot begin, as its role cannot be assumed, has failed."""
    settings = run.association.settings
    parameters, value = settings.get("Parameters", {}), None
    if target is not None:
        value = target.value
        parameters = target.given(parameters, settings["AutomationTargetParameterName"])
    start = automation.Start(
        document_name=settings["Name"],
        document_version=settings["DocumentVersion"],
        parameters=parameters,
        target=value,
        association_id=run.association.id,
        executed_by=STARTED_BY,
    )
    try:
        execution = automation.execute(run.state, run.place[0], run.place[1], start)
    except AwsError as error:
        return _result(run, value, detail=FAILED, source_id="", error=str(error))
    return _result(
        run,
        value,
        detail=execution.status,
        source_id=execution.id,
        error=execution.failure_message,
    )


def _result(
    run: AutomationRun, target: str | None, *, detail: str, source_id: str, error: str
) -> TargetResult:
    return TargetResult(
        resource_id=target or source_id or run.association.id,
        resource_type=_type_of(target),
        status=SUCCESS if detail == SUCCESS else FAILED,
        detail=detail,
        time=run.state.now(),
        source_id=source_id,
        source_type=AUTOMATION,
        error=error,
    )


def _spared(run: AutomationRun, target: str) -> TargetResult:
    return TargetResult(
        resource_id=target,
        resource_type=_type_of(target),
        status=CANCELLED,
        detail=TERMINATED,
        time=run.state.now(),
        source_type=AUTOMATION,
    )


def _type_of(target: str | None) -> str:
    if target is None:
        return "AutomationExecution"
    return "ManagedInstance" if target.startswith(("i-", "mi-")) else "ParameterValue"
