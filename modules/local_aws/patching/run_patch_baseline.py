"""AWS-RunPatchBaseline on one node, as the node carries it out.

Sources: "About the AWS-RunPatchBaseline SSM document" (Operation, RebootOption, BaselineOverride),
"Using the BaselineOverride parameter" (compliance is updated by a patch policy's override alone),
and the exit codes of the published payload: see `overrides`.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from modules.local_aws.managed_nodes import ManagedNode
from modules.local_aws.moto_backends import Place
from modules.local_aws.node_identity import arn_of, principal_of
from modules.local_aws.patching.overrides import TWO_OVERRIDES, PatchRunError, read_override
from modules.local_aws.patching.reports import (
    MISSING,
    PatchReport,
    PatchState,
    assess,
)
from modules.local_aws.permissions import Need, may

if TYPE_CHECKING:
    from modules.local_aws.patching.patches import NodePatches
    from modules.local_aws.principals import Principal
    from modules.local_aws.state import State

SNAPSHOT_ACCESS_DENIED = 145
PUT_INVENTORY_ERROR = 149
# By this name the node tells a patch policy's overrides: AWS documents no other way.
PATCH_POLICY_PREFIX = "s3://aws-quicksetup-patchpolicy-"

NO_CREDENTIALS = 148  # NO_INSTANCE_METADATA: the role is what the node has from there


@dataclass(frozen=True, slots=True, kw_only=True)
class CommandResult:
    """How a command ended on a node."""

    code: int
    output: str = ""
    error: str = ""


@dataclass(frozen=True, kw_only=True)
class PatchRun:
    """One run on one node."""

    state: State
    place: Place
    machine: ManagedNode
    parameters: Mapping[str, str]
    command_id: str
    association_id: str | None

    @property
    def node(self) -> NodePatches:
        """The node's patches."""
        return self.state.patching.nodes[self.place, self.machine.id]

    @property
    def override(self) -> str:
        """The URL of the baseline overrides, or nothing."""
        return self.parameters.get("BaselineOverride", "")

    @property
    def is_patch_policy(self) -> bool:
        """Whether a patch policy runs it."""
        return bool(self.association_id) and self.override.startswith(PATCH_POLICY_PREFIX)


def run_patch_baseline(run: PatchRun) -> CommandResult:
    """Scan or install, restart, and report."""
    try:
        principal = _principal(run)
        baseline = _baseline(run, principal)
        _patch(run, baseline)
        states = assess(run.node, baseline, run.state.now())
        if run.is_patch_policy or not run.override:
            _report(run, principal, states, baseline)
    except PatchRunError as error:
        return CommandResult(code=error.code, error=str(error))
    return CommandResult(code=0, output=_summary(states))


def _principal(run: PatchRun) -> Principal:
    principal = principal_of(run.state, run.place, run.machine)
    if principal is None:
        raise PatchRunError(NO_CREDENTIALS, "Unable to locate credentials.")
    return principal


def _baseline(run: PatchRun, principal: Principal) -> Mapping[str, Any]:
    """The baseline that applies: the override's, or the account's default for the system."""
    system = run.machine.node.operating_system
    if run.override and run.parameters.get("InstallOverrideList"):
        raise PatchRunError(
            TWO_OVERRIDES, "Both BaselineOverride and InstallOverrideList were provided."
        )
    _need(run, principal, "ssm:GetDeployablePatchSnapshotForInstance", SNAPSHOT_ACCESS_DENIED)
    if run.override:
        return read_override(run.state, run.place, principal, run.override, system)
    baselines = run.state.baselines
    return baselines.find(run.place, baselines.default(run.place, system))


def _patch(run: PatchRun, baseline: Mapping[str, Any]) -> None:
    """Install what is approved and missing; restart where that is asked for and needed.

    RebootIfNeeded restarts whenever a patch was installed or one waits for a restart, and scanning
    never restarts.
    """
    if run.parameters["Operation"] != "Install":
        return
    now = run.state.now()
    for each in assess(run.node, baseline, now):
        if each.state == MISSING:
            run.node.install(each.patch, now)
    if run.node.pending_reboot and run.parameters.get("RebootOption") != "NoReboot":
        run.node.restart(now)


def _report(
    run: PatchRun,
    principal: Principal,
    states: tuple[PatchState, ...],
    baseline: Mapping[str, Any],
) -> None:
    _need(run, principal, "ssm:PutInventory", PUT_INVENTORY_ERROR)
    key = (run.place, run.machine.id)
    before = run.state.patching.reports.get(key)
    now, operation = run.state.now(), run.parameters["Operation"]
    option = run.parameters.get("RebootOption", "RebootIfNeeded")
    without_restart = operation == "Install" and option == "NoReboot"
    kept = before.no_reboot_install if before else None
    run.state.patching.reports[key] = PatchReport(
        operation=operation,
        reboot_option=option,
        time=now,
        execution_id=run.command_id,
        execution_type="PatchPolicy" if run.is_patch_policy else "Command",
        baseline_id=baseline.get("BaselineId") or f"pb-{uuid.uuid4().hex[:17]}",
        patches=states,
        no_reboot_install=now if without_restart else kept,
    )


def _need(run: PatchRun, principal: Principal, action: str, code: int) -> None:
    need = Need(action=action, resource=arn_of(run.place, run.machine))
    if not may(run.state, principal, need, run.place[1]):
        raise PatchRunError(code, f"{principal.arn} is not authorized to perform: {action}")


def _summary(states: tuple[PatchState, ...]) -> str:
    missing = sorted(each.patch.id for each in states if each.state == MISSING)
    return f"Missing: {', '.join(missing) or 'none'}"
