"""Sets up a fleet: instances, roles and profiles in moto, hybrid nodes in Systems Manager."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING

from modules.local_aws import moto_backends
from modules.local_aws.fleet import Node
from modules.local_aws.managed_nodes import ManagedNode
from modules.local_aws.patching.patches import patches_of_node

if TYPE_CHECKING:
    from modules.local_aws.state import State

_CORE_POLICY = "arn:aws:iam::aws:policy/AmazonSSMManagedInstanceCore"
_SERVICES = {"ec2": "ec2.amazonaws.com", "hybrid": "ssm.amazonaws.com"}


def set_up(state: State) -> None:
    """Bring everything that the fleet file names into being."""
    for region, systems in state.fleet.missing_baselines.items():
        state.baselines.missing[region] = set(systems)
    for node in state.fleet.nodes:
        add_node(state, node)


def add_node(state: State, node: Node) -> ManagedNode:
    """Bring one machine into being: one of the fleet file, or one that comes up later."""
    place = (node.account, node.region)
    if node.role:
        _ensure_role(node)
    node_id = _launch(node) if node.kind == "ec2" else _activate(state, node)
    machine = ManagedNode(
        id=node_id,
        node=node,
        registered=state.now(),
        role=node.role if node.kind == "hybrid" else None,
    )
    state.nodes.at(place)[node_id] = machine
    state.calls.changes += 1
    state.patching.nodes[place, node_id] = patches_of_node(
        node.operating_system, node.missing_patches, state.now()
    )
    return machine


def _ensure_role(node: Node) -> None:
    trust = {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Effect": "Allow",
                "Principal": {"Service": _SERVICES[node.kind]},
                "Action": "sts:AssumeRole",
            }
        ],
    }
    moto_backends.create_managed_role(node.account, str(node.role), json.dumps(trust), _CORE_POLICY)


def _launch(node: Node) -> str:
    place = (node.account, node.region)
    instance_id = moto_backends.run_instance(place, {"Name": node.name, **node.tags})
    if node.profile:
        moto_backends.give_profile(place, instance_id, node.profile, node.role)
    if node.state == "stopped":
        moto_backends.ec2(place).stop_instances([instance_id])
    return instance_id


def _activate(state: State, node: Node) -> str:
    """A hybrid node's ID: made from its name, so that it is the same each time."""
    named = f"{node.account}/{node.region}/{node.name}"
    node_id = "mi-0" + hashlib.sha256(named.encode()).hexdigest()[:16]
    tags = [{"Key": k, "Value": v} for k, v in {"Name": node.name, **node.tags}.items()]
    state.tags.put((node.account, node.region), "ManagedInstance", node_id, tags)
    return node_id
