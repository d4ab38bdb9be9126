"""Managed nodes: EC2 instances whose agent may register itself, and hybrid nodes.

Sources: API reference of DescribeInstanceInformation, UpdateManagedInstanceRole, GetInventory and
DeregisterManagedInstance; "Configure instance permissions required for Systems Manager".
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

from modules.local_aws import moto_backends
from modules.local_aws.call import Call, Operation, Result
from modules.local_aws.errors import AwsError
from modules.local_aws.fleet import Node
from modules.local_aws.node_identity import exists
from modules.local_aws.node_rights import NodeRights
from modules.local_aws.paging import page

if TYPE_CHECKING:
    from modules.local_aws.state import State

_PLATFORMS = {"WINDOWS": "Windows", "MACOS": "MacOS"}


@dataclass
class ManagedNode:
    """A machine that the fleet file names.

    `role` is a hybrid node's; an EC2 instance has its role through its profile, in moto.
    """

    id: str
    node: Node
    registered: datetime
    role: str | None = None
    is_registered: bool = False

    @property
    def is_hybrid(self) -> bool:
        """Whether the node was activated rather than launched."""
        return self.node.kind == "hybrid"


@dataclass
class ManagedNodes:
    """The fleet's machines by account and region, then by ID."""

    by_place: dict[tuple[str, str], dict[str, ManagedNode]] = field(
        default_factory=lambda: defaultdict(dict)
    )

    def at(self, place: tuple[str, str]) -> dict[str, ManagedNode]:
        """All machines of an account in a region, managed or not."""
        return self.by_place[place]


def is_managed(state: State, place: tuple[str, str], machine: ManagedNode) -> bool:
    """Whether Systems Manager knows the machine: its agent could register itself once.

    A hybrid node is registered by its activation. An EC2 instance registers as soon as its agent
    may, and stays known, with the ping status ConnectionLost, when it may not any more.
    """
    return _is_managed(NodeRights(state, place), machine)


def _is_managed(rights: NodeRights, machine: ManagedNode) -> bool:
    if not machine.is_registered:
        machine.is_registered = machine.is_hybrid or rights.is_online(machine)
    return machine.is_registered and exists(rights.place, machine)


def managed(
    state: State, place: tuple[str, str], only: Collection[str] | None = None
) -> list[ManagedNode]:
    """The managed nodes of an account in a region, by ID; `only` are the IDs of those asked for."""
    machines = state.nodes.at(place)
    rights = NodeRights(state, place)
    wanted = machines.keys() if only is None else machines.keys() & set(only)
    return [machines[i] for i in sorted(wanted) if _is_managed(rights, machines[i])]


def information(rights: NodeRights, machine: ManagedNode) -> dict[str, Any]:
    """A node's InstanceInformation."""
    system = machine.node.operating_system
    described: dict[str, Any] = {
        "InstanceId": machine.id,
        "PingStatus": "Online" if rights.is_online(machine) else "ConnectionLost",
        "LastPingDateTime": rights.state.now(),
        "AgentVersion": "3.3.2299.0",
        "IsLatestVersion": True,
        "PlatformType": _PLATFORMS.get(system, "Linux"),
        "PlatformName": system,
        "PlatformVersion": "1",
        "ResourceType": "ManagedInstance" if machine.is_hybrid else "EC2Instance",
        "IPAddress": "192.0.2.1",
        "ComputerName": machine.node.name,
    }
    if machine.is_hybrid:
        described |= {"Name": machine.node.name, "RegistrationDate": machine.registered}
        described |= {"IamRole": machine.role} if machine.role else {}
    return described


def node_tags(state: State, place: tuple[str, str], machine: ManagedNode) -> dict[str, str]:
    """A node's tags: of the instance, or of the hybrid node."""
    if machine.is_hybrid:
        return state.tags.of(place, "ManagedInstance", machine.id)
    return moto_backends.instance_tags(place, machine.id)


def _describe(state: State, call: Call) -> Result:
    filters = [(f["Key"], f["Values"]) for f in call.parameters.get("Filters", ())]
    filters += [
        (f["key"], f["valueSet"]) for f in call.parameters.get("InstanceInformationFilterList", ())
    ]
    rights = NodeRights(state, call.place)
    named = next((values for key, values in filters if key == "InstanceIds"), None)
    chosen = [
        information(rights, machine)
        for machine in managed(state, call.place, named)
        if all(_passes(rights, machine, key, values) for key, values in filters)
    ]
    return page("InstanceInformationList", chosen, call.parameters)


_KEYS: Mapping[str, str] = {
    "AgentVersion": "AgentVersion",
    "IamRole": "IamRole",
    "InstanceIds": "InstanceId",
    "PingStatus": "PingStatus",
    "PlatformType": "PlatformType",
    "PlatformTypes": "PlatformType",
    "ResourceType": "ResourceType",
}


def _passes(rights: NodeRights, machine: ManagedNode, key: str, values: list[str]) -> bool:
    if key == "InstanceIds":  # the most frequent by far
        return machine.id in values
    if key.startswith("tag:"):
        return (
            node_tags(rights.state, rights.place, machine).get(key.removeprefix("tag:")) in values
        )
    if key == "tag-key":
        return not node_tags(rights.state, rights.place, machine).keys().isdisjoint(values)
    if key not in _KEYS:
        raise AwsError("InvalidFilterKey", f"{key} is not a filter key.")
    return information(rights, machine).get(_KEYS[key]) in values


def _hybrid(state: State, call: Call) -> ManagedNode:
    """The node of a call that is for hybrid nodes alone ("the ID of the managed node", `mi-`)."""
    machine = state.nodes.at(call.place).get(call.parameters["InstanceId"])
    if machine is None or not machine.is_hybrid:
        raise AwsError("InvalidInstanceId", "The managed node ID isn't valid.")
    return machine


def _update_role(state: State, call: Call) -> Result:
    _hybrid(state, call).role = call.parameters["IamRole"]
    return {}


def _deregister(state: State, call: Call) -> Result:
    """Systems Manager knows nothing more of the node; it would need another activation."""
    gone = _hybrid(state, call).id
    del state.nodes.at(call.place)[gone]
    state.tags.forget(call.place, "ManagedInstance", gone)
    state.patching.nodes.pop((call.place, gone), None)
    state.patching.reports.pop((call.place, gone), None)
    return {}


OPERATIONS: Mapping[str, Operation] = {
    "DeregisterManagedInstance": _deregister,
    "DescribeInstanceInformation": _describe,
    "UpdateManagedInstanceRole": _update_role,
}
