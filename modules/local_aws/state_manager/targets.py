"""Which resources an association's targets are.

Sources: "Understanding targets and rate controls in State Manager associations" for Command
documents, whose targets are managed nodes; "Mapping targets for an automation" for runbooks, whose
targets are resources of the type that the document names (TargetType of CreateDocument).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from modules.local_aws.associations import NO_OP_TARGET
from modules.local_aws.managed_nodes import ManagedNode, is_managed, managed, node_tags
from modules.local_aws.moto_backends import Place
from modules.local_aws.node_identity import exists
from modules.local_aws.node_queries import group_members

if TYPE_CHECKING:
    from modules.local_aws.state import State

Target = Mapping[str, Any]
Values = Mapping[str, Sequence[str]]
EVERYTHING = "*"
_HYBRID_TYPE = "AWS::SSM::ManagedInstance"
_INSTANCE_TYPE = "AWS::EC2::Instance"


def command_targets(state: State, place: Place, settings: Mapping[str, Any]) -> list[ManagedNode]:
    """The managed nodes that a Command document runs on, online or not: all targets apply."""
    targets: Sequence[Target] = settings.get("Targets", ())
    if "InstanceId" in settings:
        targets = [{"Key": "InstanceIds", "Values": [settings["InstanceId"]]}, *targets]
    nodes = managed(state, place)
    for target in targets:
        members = _group(state, place, target)
        nodes = [node for node in nodes if _is_meant(state, place, target, node, members)]
    return nodes


@dataclass(frozen=True, kw_only=True)
class RunbookTarget:
    """One value of a runbook's target parameter, with what else its target map gives."""

    value: str
    parameters: Values = field(default_factory=dict)

    def given(self, parameters: Values, name: str) -> dict[str, Sequence[str]]:
        """All parameters of the execution for this target, whose own parameter has that name."""
        return {**parameters, **self.parameters, name: [self.value]}


def runbook_targets(
    state: State, place: Place, settings: Mapping[str, Any], target_type: str | None
) -> list[RunbookTarget] | None:
    """The targets of a runbook; None for one that runs once, without."""
    if settings.get("TargetMaps"):
        name = settings["AutomationTargetParameterName"]
        return [
            RunbookTarget(value=value, parameters=each)
            for each in settings["TargetMaps"]
            for value in each[name]
        ]
    if settings.get("Targets") in (None, [], [NO_OP_TARGET]):
        return None
    (target,) = settings["Targets"]
    if target["Key"] == "ParameterValues":
        return [RunbookTarget(value=value) for value in target["Values"]]
    members = _group(state, place, target)
    return [
        RunbookTarget(value=machine.id)
        for _, machine in sorted(state.nodes.at(place).items())
        if _is_of_type(machine, target_type)
        and _is_a_resource(state, place, machine)
        and _is_meant(state, place, target, machine, members)
    ]


def _is_of_type(machine: ManagedNode, target_type: str | None) -> bool:
    """A document's TargetType is `/` for all, or `/` and a type."""
    own = _HYBRID_TYPE if machine.is_hybrid else _INSTANCE_TYPE
    return target_type in {None, "/", f"/{own}"}


def _is_a_resource(state: State, place: Place, machine: ManagedNode) -> bool:
    """An instance is one whether it is managed, runs, or not; a hybrid node is a managed one."""
    return is_managed(state, place, machine) if machine.is_hybrid else exists(place, machine)


def _group(state: State, place: Place, target: Target) -> frozenset[str]:
    if target["Key"] not in {"ResourceGroup", "resource-groups:Name"}:
        return frozenset()
    return frozenset(i for name in target["Values"] for i in group_members(state, place, name))


def _is_meant(
    state: State, place: Place, target: Target, node: ManagedNode, members: frozenset[str]
) -> bool:
    key, values = target["Key"], target["Values"]
    if key == "InstanceIds":
        return EVERYTHING in values or node.id in values
    if key == "tag-key":
        return not node_tags(state, place, node).keys().isdisjoint(values)
    if key.startswith("tag:"):
        return node_tags(state, place, node).get(key.removeprefix("tag:")) in values
    if key == "resource-groups:ResourceTypeFilters":
        return (_HYBRID_TYPE if node.is_hybrid else _INSTANCE_TYPE) in values
    return node.id in members
