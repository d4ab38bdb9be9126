"""Rate-controlled executions: one child for each target.

Source: "Run automated operations at scale" and "Mapping targets for an automation" in the Systems
Manager User Guide. Children run one after the other: on their own clocks they all begin together.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from math import floor
from typing import TYPE_CHECKING, Any

from modules.local_aws import moto_backends
from modules.local_aws.automation.execute import Prepared, carry_out, find_runbook, prepare
from modules.local_aws.automation.executions import (
    CANCELLED,
    FAILED,
    FAILURES,
    SUCCESS,
    AutomationExecution,
    Place,
    Start,
)
from modules.local_aws.errors import AwsError
from modules.local_aws.managed_nodes import ManagedNode, node_tags

if TYPE_CHECKING:
    from modules.local_aws.state import State


def prepare_all(state: State, place: Place, start: Start) -> Prepared:
    """Check a request with targets, and put the parent on record. Raises the API's AwsError."""
    if not start.target_parameter_name or not (start.targets or start.target_maps):
        raise AwsError(
            "ValidationException", "TargetParameterName goes with Targets, and the other way round."
        )
    document = find_runbook(state, place, start)
    name = start.target_parameter_name
    if name not in document.parameters:
        raise AwsError(
            "InvalidAutomationExecutionParametersException",
            f"Parameter {name} is not defined in the document.",
        )
    values = _target_values(state, place, start)
    first = values[0] if values else "-"
    prepared = prepare(state, place, replace(start, parameters={**start.parameters, name: [first]}))
    prepared.execution.start = start
    prepared.execution.parameters = {
        key: value for key, value in prepared.execution.parameters.items() if key != name
    }
    prepared.execution.resolved_targets = values
    return prepared


def carry_out_all(state: State, prepared: Prepared) -> None:
    """Run a child for each target, until more of them failed than MaxErrors allows."""
    parent = prepared.execution
    allowed = allowed_errors(parent.start.max_errors, len(parent.resolved_targets))
    failed = 0
    for value in parent.resolved_targets:
        if parent.stop.is_set() or failed > allowed:
            break
        failed += _run_child(state, parent, value).status in FAILURES
    parent.status = FAILED if failed else SUCCESS
    if parent.stop.is_set() and parent.stop_type == "Cancel":
        parent.status = CANCELLED
    if failed:
        parent.failure_message = f"{failed} of {len(parent.resolved_targets)} targets failed."
    parent.ended = max([parent.started, *(c.ended or c.started for c in parent.children)])


def _run_child(state: State, parent: AutomationExecution, value: str) -> AutomationExecution:
    start = parent.start
    name = str(start.target_parameter_name)
    child_start = replace(
        start,
        parameters={**start.parameters, name: [value]},
        target_parameter_name=None,
        targets=(),
        target_maps=(),
        target=value,
        parent_id=parent.id,
        started=parent.started,
    )
    try:
        prepared = prepare(state, parent.place, child_start)
    except AwsError as error:
        refused = AutomationExecution(
            start=child_start,
            place=parent.place,
            document_name=parent.document_name,
            document_version=parent.document_version,
            parameters=child_start.parameters,
            started=parent.started,
            status=FAILED,
            ended=parent.started,
            failure_message=str(error),
        )
        state.automation.add(refused)
        parent.children.append(refused)
        return refused
    parent.children.append(prepared.execution)
    carry_out(state, prepared)
    return prepared.execution


def allowed_errors(max_errors: str | None, targets: int) -> int:
    """How many targets may fail before no other is begun. "0" stops at the first that fails."""
    given = max_errors or "0"
    return floor(int(given[:-1]) * targets / 100) if given.endswith("%") else int(given)


def _target_values(state: State, place: Place, start: Start) -> list[str]:
    if start.target_maps:
        name = str(start.target_parameter_name)
        return [value for each in start.target_maps for value in each.get(name, ())]
    target = start.targets[0]
    key, values = str(target["Key"]), list(target.get("Values", ()))
    if key == "ParameterValues":
        return values
    machines = state.nodes.at(place)
    if key == "InstanceIds":
        return sorted(machines) if values == ["*"] else values
    if key == "ResourceGroup":
        return _of_group(state, place, values[0])
    if key.startswith("tag:"):
        wanted = key.removeprefix("tag:")
        return [
            i for i, m in sorted(machines.items()) if _tags(state, place, m).get(wanted) in values
        ]
    if key == "tag-key":
        return [
            i for i, m in sorted(machines.items()) if _tags(state, place, m).keys() & set(values)
        ]
    raise AwsError("InvalidTarget", f"Unsupported Target Type: {key}")


def _tags(state: State, place: Place, machine: ManagedNode) -> Mapping[str, str]:
    return node_tags(state, place, machine)


def _of_group(state: State, place: Place, name: str) -> list[str]:
    query = moto_backends.group_query(place, name)
    if query is None:
        raise AwsError("InvalidTarget", f"There is no resource group {name}.")
    filters: Sequence[Mapping[str, Any]] = json.loads(query).get("TagFilters", ())
    return [
        i
        for i, machine in sorted(state.nodes.at(place).items())
        if _match(_tags(state, place, machine), filters)
    ]


def _match(tags: Mapping[str, str], filters: Sequence[Mapping[str, Any]]) -> bool:
    return all(
        f["Key"] in tags and (not f.get("Values") or tags[f["Key"]] in f["Values"]) for f in filters
    )
