"""A Command document on its targets: Run Command, as State Manager uses it.

A node that is not connected stays pending; State Manager runs the association on it as soon as it
is ("About State Manager": when associations are applied to resources).
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from modules.local_aws.associations import Association
from modules.local_aws.documents import Document
from modules.local_aws.errors import unsupported
from modules.local_aws.managed_nodes import ManagedNode
from modules.local_aws.moto_backends import Place
from modules.local_aws.node_rights import NodeRights
from modules.local_aws.patching.run_patch_baseline import PatchRun, run_patch_baseline
from modules.local_aws.state_manager.executions import (
    CANCELLED,
    COMMAND,
    FAILED,
    PENDING,
    SUCCESS,
    TERMINATED,
    TargetResult,
)
from modules.local_aws.state_manager.rate_control import RateControl, carry_out

if TYPE_CHECKING:
    from modules.local_aws.state import State

PATCH_DOCUMENT = "AWS-RunPatchBaseline"
NODE = "ManagedInstance"


@dataclass(frozen=True, kw_only=True)
class CommandRun:
    """One run of an association with a Command document."""

    state: State
    place: Place
    association: Association
    document: Document
    control: RateControl
    command_id: str

    @property
    def parameters(self) -> Mapping[str, str]:
        """What the association gives, over the document's defaults; each has one value."""
        given = self.association.settings.get("Parameters", {})
        declared = self.document.parameters.items()
        defaults = {name: p["default"] for name, p in declared if "default" in p}
        return defaults | {name: values[0] for name, values in given.items()}


def run_command(run: CommandRun, nodes: Sequence[ManagedNode]) -> tuple[TargetResult, ...]:
    """Run on the nodes that are connected. EmbeddedAwsUnsupported for any document but ours."""
    if run.document.name != PATCH_DOCUMENT:
        raise unsupported(f"running the Command document {run.document.name}")
    rights = NodeRights(run.state, run.place)
    connected = [node for node in nodes if rights.is_online(node)]
    parameters = run.parameters
    done, spared = carry_out(
        connected,
        lambda wave: [_on_node(run, rights, parameters, node) for node in wave],
        lambda result: result.status == FAILED,
        run.control.of(len(nodes)),
    )
    known = {node.id for node in connected}
    waiting = [_without(run, node, PENDING, PENDING) for node in nodes if node.id not in known]
    return (*done, *(_without(run, node, CANCELLED, TERMINATED) for node in spared), *waiting)


def _on_node(
    run: CommandRun, rights: NodeRights, parameters: Mapping[str, str], node: ManagedNode
) -> TargetResult:
    result = run_patch_baseline(
        PatchRun(
            rights=rights,
            machine=node,
            parameters=parameters,
            command_id=run.command_id,
            association_id=run.association.id,
        )
    )
    status = FAILED if result.code else SUCCESS
    return TargetResult(
        resource_id=node.id,
        resource_type=NODE,
        status=status,
        detail=status,
        time=run.state.now(),
        source_id=run.command_id,
        source_type=COMMAND,
        code=result.code,
        output=result.output,
        error=result.error,
    )


def _without(run: CommandRun, node: ManagedNode, status: str, detail: str) -> TargetResult:
    return TargetResult(
        resource_id=node.id,
        resource_type=NODE,
        status=status,
        detail=detail,
        time=run.state.now(),
        source_id=run.command_id,
        source_type=COMMAND,
    )


def new_command_id() -> str:
    """The ID of another command."""
    return str(uuid.uuid4())
