"""Associations that the provider cannot update rightly are replaced on any change but of tags."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest

from modules.constructs.associations import definition
from modules.policy.model import CommandOutput
from modules.quick_setup.associations import AssociationSpec, node_associations
from modules.quick_setup.targets import Target
from tests.synth.graph import graph_of
from tests.unit.quick_setup.sample import PLACE, policy

CHANGES: dict[str, Any] = {
    "association_name": "Other",
    "document": "Other",
    "parameters": {"Operation": "Install"},
    "schedule_expression": "rate(1 day)",
    "apply_only_at_cron_interval": True,
    "targets": (Target(key="InstanceIds", values=("i-0123456789abcdef0",)),),
    "max_concurrency": "7",
    "max_errors": "7",
    "output": CommandOutput(bucket="b", region="eu-west-1"),
}
# What never changes, or is not sent: the construct's name, and constants of the replaced ones.
CONSTANT = {
    "purpose",
    "automation_target_parameter_name",
    "sync_compliance",
    "replaced_on_change",
}


def scan() -> AssociationSpec:
    (spec,) = (s for s in node_associations(policy(), PLACE) if s.purpose == "ScanForPatches")
    return spec


def test_every_member_of_an_association_is_changed_here_or_constant() -> None:
    members = {field.name for field in dataclasses.fields(AssociationSpec)}
    assert members == CHANGES.keys() | CONSTANT


@pytest.mark.parametrize("member", CHANGES)
def test_a_change_of_any_member_is_a_change_of_the_definition(member: str) -> None:
    changed = dataclasses.replace(scan(), **{member: CHANGES[member]})
    assert definition(changed) != definition(scan())


@pytest.mark.parametrize(
    "output",
    [
        CommandOutput(bucket="c", region="eu-west-1"),
        CommandOutput(bucket="b", region="eu-west-2"),
        CommandOutput(bucket="b", region="eu-west-1", prefix="p"),
    ],
)
def test_a_change_of_the_output_is_a_change_of_the_definition(output: CommandOutput) -> None:
    before = dataclasses.replace(scan(), output=CommandOutput(bucket="b", region="eu-west-1"))
    assert definition(dataclasses.replace(before, output=output)) != definition(before)


def test_those_alone_are_replaced_by_their_definition(
    configurations: dict[str, dict[str, Any]],
) -> None:
    for configuration in configurations.values():
        graph = graph_of(configuration)
        for address, block in graph.of_type("aws_ssm_association").items():
            wanted = "targets" not in block or "sync_compliance" in block
            replacing = block.get("lifecycle", {}).get("replace_triggered_by", [])
            assert bool(replacing) == wanted, address
            for definition_address in replacing:
                triggers = graph.blocks[definition_address]["triggers_replace"]
                assert block["association_name"] in triggers
                assert block.get("schedule_expression", "") in triggers
