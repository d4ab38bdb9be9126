"""What AWS says of each node: its role, what that may, its tags, and its patches."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from modules.quick_setup import names

if TYPE_CHECKING:
    from modules.demo.sessions import Caller
    from modules.local_aws.fleet import Node
    from modules.policy.model import PatchPolicy

NODES_PER_CALL = 50  # DescribeInstancePatchStates takes no more


@dataclass(frozen=True, kw_only=True)
class NodeView:
    """One node as its account's administrator sees it. `role` is None for a node without one."""

    node: Node
    connection: str
    profile: str | None
    role: str | None
    policies: tuple[str, ...]
    role_tags: Mapping[str, str]
    name_tag: str | None
    patches: Mapping[str, Any] | None


def look_at(
    policy: PatchPolicy, caller: Caller, fleet: Sequence[tuple[str, Node]]
) -> list[NodeView]:
    """Ask AWS about every node of the fleet, given by its ID."""
    ssm = caller.client("ssm")
    pages = ssm.get_paginator("describe_instance_information").paginate()
    known = {n["InstanceId"]: n for page in pages for n in page["InstanceInformationList"]}
    patches = {
        each["InstanceId"]: each
        for start in range(0, len(fleet), NODES_PER_CALL)
        for each in ssm.describe_instance_patch_states(
            InstanceIds=[node_id for node_id, _ in fleet[start : start + NODES_PER_CALL]]
        )["InstancePatchStates"]
    }
    return [
        _look(policy, caller, each, (known.get(each[0]), patches.get(each[0]))) for each in fleet
    ]


def _look(
    policy: PatchPolicy,
    caller: Caller,
    named: tuple[str, Node],
    found: tuple[Mapping[str, Any] | None, Mapping[str, Any] | None],
) -> NodeView:
    (node_id, node), (known, patches) = named, found
    profile = None if node.kind == "hybrid" else _profile(caller, node_id)
    role = (known or {}).get("IamRole") if node.kind == "hybrid" else _role_in(caller, profile)
    return NodeView(
        node=node,
        connection=known["PingStatus"] if known else "",
        profile=profile,
        role=role,
        policies=_policies(caller, role),
        role_tags=_role_tags(caller, role),
        name_tag=_tags(caller, node_id, node).get(names.name_tag_key(policy.configuration_id)),
        patches=patches,
    )


def _profile(caller: Caller, node_id: str) -> str | None:
    answer = caller.client("ec2").describe_instances(InstanceIds=[node_id])
    found = answer["Reservations"][0]["Instances"][0].get("IamInstanceProfile")
    return found["Arn"].rpartition("/")[2] if found else None


def _role_in(caller: Caller, profile: str | None) -> str | None:
    if profile is None:
        return None
    answer = caller.client("iam").get_instance_profile(InstanceProfileName=profile)
    roles = answer["InstanceProfile"]["Roles"]
    return roles[0]["RoleName"] if roles else None


def _policies(caller: Caller, role: str | None) -> tuple[str, ...]:
    if role is None:
        return ()
    answer = caller.client("iam").list_attached_role_policies(RoleName=role)
    return tuple(sorted(each["PolicyName"] for each in answer["AttachedPolicies"]))


def _role_tags(caller: Caller, role: str | None) -> dict[str, str]:
    if role is None:
        return {}
    tags = caller.client("iam").list_role_tags(RoleName=role)["Tags"]
    return {tag["Key"]: tag["Value"] for tag in tags}


def _tags(caller: Caller, node_id: str, node: Node) -> dict[str, str]:
    if node.kind == "hybrid":
        tags = caller.client("ssm").list_tags_for_resource(
            ResourceType="ManagedInstance", ResourceId=node_id
        )["TagList"]
    else:
        filters = [{"Name": "resource-id", "Values": [node_id]}]
        tags = caller.client("ec2").describe_tags(Filters=filters)["Tags"]
    return {tag["Key"]: tag["Value"] for tag in tags}
