"""Maintenance windows: they patch as associations do, and beside them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from modules.review import words
from modules.review.facts import Facts
from modules.review.model.association import Association, read_association
from modules.review.plan import Action, ResourceChange
from modules.review.report import Finding, Severity
from modules.review.rules.findings import resource_finding
from modules.review.values import is_hidden, shown

_WINDOW = "aws_ssm_maintenance_window"
_TASK = f"{_WINDOW}_task"
_TARGET = f"{_WINDOW}_target"
_TIMES = ("schedule", "schedule_timezone", "schedule_offset", "duration", "cutoff", "enabled")
_BESIDE = (
    "A maintenance window is no association: it installs by the patch groups' baselines, and its"
    " scans and installations overwrite the compliance of a patch policy."
)


def check(facts: Facts) -> Iterator[Finding]:
    """Findings about maintenance windows."""
    for task in facts.plan.of_type(_TASK):
        if task.is_change:
            yield from _task(task)
    for window in facts.plan.of_type(_WINDOW):
        if window.action in (Action.UPDATE, Action.REPLACE):
            yield from _changed(window, "schedule-changed", "opens at other times", _TIMES)
    for target in facts.plan.of_type(_TARGET):
        if target.action in (Action.UPDATE, Action.REPLACE):
            yield from _changed(target, "targets-changed", "reaches other nodes", ("targets",))


def _task(change: ResourceChange) -> Iterator[Finding]:
    before, after = (
        _as_association(change.address, each) for each in (change.before, change.after)
    )
    installed, installs = bool(before and before.installs), bool(after and after.installs)
    if after and installs and not installed:
        yield resource_finding(
            "install-begins",
            Severity.CRITICAL,
            change,
            f"A maintenance window {_verb(after)}; {words.reboot(after)}; {words.rate(after)}.",
            _BESIDE,
        )
    if after and after.reboots and not (before and before.reboots):
        yield resource_finding(
            "reboot-begins",
            Severity.CRITICAL,
            change,
            "A maintenance window reboots nodes where a patch needs it.",
        )
    if installed and not installs:
        yield resource_finding(
            "install-ends", Severity.WARNING, change, "A maintenance window no longer installs."
        )


def _verb(task: Association) -> str:
    what = words.what(task)
    return f"{what[0].lower()}{what[1:]}"


def _as_association(address: str, attributes: Mapping[str, Any]) -> Association | None:
    """A task as the association that would do the same."""
    return read_association(
        address,
        {
            "name": attributes.get("task_arn"),
            "association_name": attributes.get("name") or address,
            "parameters": _parameters(attributes.get("task_invocation_parameters")),
            "max_concurrency": attributes.get("max_concurrency"),
            "max_errors": attributes.get("max_errors"),
        }
        if attributes
        else {},
        None,
    )


def _parameters(blocks: Any) -> Any:
    """The parameters of a command or of a runbook, whichever the task has."""
    if is_hidden(blocks):
        return blocks
    found: dict[str, Any] = {}
    for block in blocks if isinstance(blocks, list) else ():
        for kind in ("run_command_parameters", "automation_parameters"):
            inner = block.get(kind) if isinstance(block, Mapping) else None
            for each in inner if isinstance(inner, list) else ():
                found |= _of(each.get("parameter") if isinstance(each, Mapping) else None)
    return found


def _of(parameters: Any) -> dict[str, Any]:
    return {
        shown(each.get("name")): _first(each.get("values"))
        for each in (parameters if isinstance(parameters, list) else ())
        if isinstance(each, Mapping)
    }


def _first(values: Any) -> Any:
    return values[0] if isinstance(values, list) and values else values


def _changed(
    change: ResourceChange, rule: str, how: str, names: tuple[str, ...]
) -> Iterator[Finding]:
    differing = [name for name in names if change.before.get(name) != change.after.get(name)]
    if differing:
        yield resource_finding(
            rule,
            Severity.WARNING,
            change,
            f"The maintenance window {how}: "
            + "; ".join(
                f"{name}: {shown(change.before.get(name))} -> {shown(change.after.get(name))}"
                for name in differing
            )
            + ".",
        )
