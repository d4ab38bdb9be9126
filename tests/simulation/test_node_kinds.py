"""Hostile fleets: every node a corner case, each in the state that AWS's documentation gives."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

from modules.local_aws import moto_backends
from modules.quick_setup import names
from tests.simulation.fleets import (
    PLACE,
    REGION,
    Simulation,
    attaching,
    node,
    policy,
    simulation,
)

KINDS: Mapping[str, Mapping[str, Any]] = yaml.safe_load(
    Path(__file__).with_name("node_kinds.yaml").read_text(encoding="utf-8")
)
NAME_TAG = "QSConfigName-a1b2c"
NONE = "none"


def prepare(running: Simulation) -> None:
    for name, kind in KINDS.items():
        machine = running.machines[name]
        if kind.get("fill_tags"):
            present = len(moto_backends.instance_tags(PLACE, machine.id))
            tags = [{"Key": f"t{i}", "Value": "x"} for i in range(50 - present)]
            running.call("ec2", "CreateTags", Resources=[machine.id], Tags=tags)
        if kind.get("fill_policies"):
            fill_policies(running, kind["node"]["role"])
        for call in kind.get("prepare", ()):
            (service, operation), *rest = call.items()
            given = yaml.safe_load(yaml.safe_dump(dict(rest)).replace("{id}", machine.id))
            running.call(service, operation, **given)


def fill_policies(running: Simulation, role: str) -> None:
    """Attach policies until the role has the twenty that it may have."""
    statement = '{"Effect": "Allow", "Action": "s3:ListAllMyBuckets", "Resource": "*"}'
    document = f'{{"Version": "2012-10-17", "Statement": [{statement}]}}'
    for i in range(19):
        made = running.call("iam", "CreatePolicy", PolicyName=f"P{i}", PolicyDocument=document)
        running.call("iam", "AttachRolePolicy", RoleName=role, PolicyArn=made["Policy"]["Arn"])


def end_states(chosen: Any) -> dict[str, dict[str, Any]]:
    nodes = [node(name, **kind.get("node", {})) for name, kind in KINDS.items()]
    with simulation(nodes, missing_baselines={REGION: frozenset({"RASPBIAN"})}) as running:
        prepare(running)
        running.deploy(chosen)
        running.forward(hours=29.5)
        return {name: end_state(running, name) for name in KINDS}


def end_state(running: Simulation, name: str) -> dict[str, Any]:
    machine = running.machines[name]
    role = role_of(running, name)
    tags = {t["Key"] for t in role.get("Tags", ())}
    return {
        "online": machine.id in set(online(running)),
        "role": str(role.get("RoleName", NONE)).replace(names.DEFAULT_ROLE, "default"),
        "tagged": "QSConfigId-a1b2c" in tags,
        "named": NAME_TAG in tags_of(running, machine),
        "scan": last_scan(running, machine.id),
        "compliance": compliance(running).get(machine.id, NONE),
    }


def online(running: Simulation) -> Iterator[str]:
    for found in running.pages("DescribeInstanceInformation", "InstanceInformationList"):
        if found["PingStatus"] == "Online":
            yield found["InstanceId"]


def role_of(running: Simulation, name: str) -> dict[str, Any]:
    machine = running.machines[name]
    role_name: str | None = machine.role
    if not machine.is_hybrid:
        found = running.call("ec2", "DescribeInstances", InstanceIds=[machine.id])
        profile = found["Reservations"][0]["Instances"][0].get("IamInstanceProfile")
        if profile is None:
            return {}
        profile_name = profile["Arn"].rpartition("/")[2]
        answer = running.call("iam", "GetInstanceProfile", InstanceProfileName=profile_name)
        roles = answer["InstanceProfile"]["Roles"]
        role_name = roles[0]["RoleName"] if roles else None
    every = running.call("iam", "ListRoles", MaxItems=1000)["Roles"]
    if role_name not in {role["RoleName"] for role in every}:
        return {}
    return dict(running.call("iam", "GetRole", RoleName=role_name)["Role"])


def tags_of(running: Simulation, machine: Any) -> set[str]:
    if machine.is_hybrid:
        answer = running.call(
            "ssm", "ListTagsForResource", ResourceType="ManagedInstance", ResourceId=machine.id
        )
        return {tag["Key"] for tag in answer["TagList"]}
    filters = [{"Name": "resource-id", "Values": [machine.id]}]
    return {tag["Key"] for tag in running.call("ec2", "DescribeTags", Filters=filters)["Tags"]}


def last_scan(running: Simulation, node_id: str) -> Any:
    """From the last execution that had the node among its targets, through the API."""
    association = {"AssociationId": running.association("ScanForPatches").id}
    for execution in running.pages(
        "DescribeAssociationExecutions", "AssociationExecutions", **association
    ):
        for target in running.pages(
            "DescribeAssociationExecutionTargets",
            "AssociationExecutionTargets",
            ExecutionId=execution["ExecutionId"],
            Filters=[{"Key": "ResourceId", "Value": node_id}],
            **association,
        ):
            if target["Status"] == "Pending":
                return "pending"
            command = target["OutputSource"]["OutputSourceId"]
            answer = running.call(
                "ssm", "GetCommandInvocation", CommandId=command, InstanceId=node_id
            )
            return answer["ResponseCode"]
    return NONE


def compliance(running: Simulation) -> dict[str, str]:
    summaries = running.pages("ListResourceComplianceSummaries", "ResourceComplianceSummaryItems")
    return {each["ResourceId"]: each["Status"] for each in summaries}


@pytest.fixture(scope="module")
def ended() -> dict[str, dict[str, Any]]:
    return end_states(policy())


@pytest.fixture(scope="module")
def ended_attaching() -> dict[str, dict[str, Any]]:
    return end_states(attaching(policy()))


@pytest.mark.parametrize("name", KINDS)
def test_a_node_ends_as_aws_documents(name: str, ended: dict[str, dict[str, Any]]) -> None:
    assert ended[name] == KINDS[name]["end"]


@pytest.mark.parametrize("name", KINDS)
def test_a_node_ends_as_aws_documents_with_roles_completed(
    name: str, ended_attaching: dict[str, dict[str, Any]]
) -> None:
    expected = {**KINDS[name]["end"], **KINDS[name].get("end_attaching", {})}
    assert ended_attaching[name] == expected
