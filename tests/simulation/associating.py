"""Associations for the tests of State Manager, and what it says of them."""

from __future__ import annotations

import json
from typing import Any

from tests.simulation.fleets import PREFIX, Simulation, node

MARK = {
    "schemaVersion": "0.3",
    "parameters": {
        "InstanceId": {"type": "String"},
        "Mark": {"type": "String", "default": "yes"},
    },
    "mainSteps": [
        {
            "name": "mark",
            "action": "aws:executeAwsApi",
            "inputs": {
                "Service": "ec2",
                "Api": "CreateTags",
                "Resources": ["{{ InstanceId }}"],
                "Tags": [{"Key": "Marked", "Value": "{{ Mark }}"}],
            },
        }
    ],
}
EVERY_DAY = "cron(0 1 * * ? *)"
NOBODYS = "00000000-0000-0000-0000-000000000000"


def associate(running: Simulation, name: str = "scan", **settings: Any) -> str:
    """An association that scans all managed nodes, unless it says otherwise; its ID."""
    request = {
        "Name": "AWS-RunPatchBaseline",
        "AssociationName": f"{PREFIX}{name}-a1b2c",
        "Parameters": {"Operation": ["Scan"]},
        "Targets": [{"Key": "InstanceIds", "Values": ["*"]}],
    }
    if "TargetMaps" in settings:
        del request["Targets"]
    answer = running.call("ssm", "CreateAssociation", **{**request, **settings})
    return str(answer["AssociationDescription"]["AssociationId"])


def mark(running: Simulation, targets: list[dict[str, Any]], target_type: str = "/") -> set[str]:
    """The nodes that a runbook is run for."""
    request = marking(running, target_type)
    associate(running, **request, Targets=targets)
    (ran,) = running.forward(seconds=1)
    return set(ran.targets)


def marking(running: Simulation, target_type: str = "/") -> dict[str, Any]:
    """What associates a runbook that marks its target, but for the targets."""
    content = json.dumps(MARK)
    kind = {"DocumentType": "Automation", "TargetType": target_type}
    running.call("ssm", "CreateDocument", Name="Mark", Content=content, **kind)
    return {"Name": "Mark", "Parameters": {}, "AutomationTargetParameterName": "InstanceId"}


def times(running: Simulation, **duration: float) -> list[str]:
    """When and why what is due in that time runs."""
    return [f"{ran.time:%a %H:%M} {ran.reason}" for ran in running.forward(**duration)]


def group(running: Simulation, env: str) -> None:
    """A resource group of that name: what has the tag Env of that value."""
    filters = [{"Key": "Env", "Values": [env]}]
    query = {"ResourceTypeFilters": ["AWS::AllSupported"], "TagFilters": filters}
    given = {"Type": "TAG_FILTERS_1_0", "Query": json.dumps(query)}
    running.call("resource-groups", "CreateGroup", Name=env, ResourceQuery=given)


def come_up(running: Simulation, name: str, **fields: Any) -> None:
    """A node appears while State Manager runs."""
    from modules.local_aws.admin_actions import add_node  # noqa: PLC0415  # as the admin API does

    add_node(running.aws.state, {**vars(node(name, **fields)), "missing_patches": None})


def executions(running: Simulation, id_: str, *filters: dict[str, str]) -> list[Any]:
    """What DescribeAssociationExecutions lists."""
    given: dict[str, Any] = {"Filters": list(filters)} if filters else {}
    answer = running.call("ssm", "DescribeAssociationExecutions", AssociationId=id_, **given)
    return list(answer["AssociationExecutions"])
