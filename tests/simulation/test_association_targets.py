"""What associations run on."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from tests.simulation.associating import EVERY_DAY, associate, come_up, group, mark, marking
from tests.simulation.fleets import (
    ACCOUNT,
    REGION,
    SATURDAY,
    Simulation,
    node,
    policy,
    simulation,
)


@pytest.mark.parametrize(
    ("target", "expected"),
    [
        ({"Key": "InstanceIds", "Values": ["*"]}, {"a", "b", "shop", "away"}),
        ({"Key": "tag:Env", "Values": ["prod"]}, {"a", "shop", "away"}),
        ({"Key": "tag-key", "Values": ["Env"]}, {"a", "b", "shop", "away"}),
        ({"Key": "resource-groups:Name", "Values": ["dev"]}, {"b"}),
    ],
)
def test_a_command_runs_on_managed_nodes(
    small: Simulation, target: dict[str, Any], expected: set[str]
) -> None:
    group(small, "dev")
    associate(small, Targets=[target])
    (ran,) = small.forward(seconds=1)
    assert set(ran.targets) == expected
    assert ran.targets.get("away", "Pending") == "Pending"


def test_a_command_runs_on_the_named_nodes_where_all_targets_apply(small: Simulation) -> None:
    ids = [small.machines[name].id for name in ("a", "b", "bare")]
    prod = {"Key": "tag:Env", "Values": ["prod"]}
    associate(small, Targets=[{"Key": "InstanceIds", "Values": ids}, prod])
    (ran,) = small.forward(seconds=1)
    assert set(ran.targets) == {"a"}


@pytest.mark.parametrize(
    ("target", "target_type", "expected"),
    [
        ({"Key": "tag:Env", "Values": ["prod"]}, "/", {"a", "bare", "shop", "away"}),
        ({"Key": "tag:Env", "Values": ["prod"]}, "/AWS::EC2::Instance", {"a", "bare"}),
        ({"Key": "tag-key", "Values": ["Env"]}, "/AWS::SSM::ManagedInstance", {"shop", "away"}),
        ({"Key": "InstanceIds", "Values": ["*"]}, "/AWS::EC2::Instance", {"a", "b", "bare"}),
        ({"Key": "ResourceGroup", "Values": ["dev"]}, "/", {"b"}),
    ],
)
def test_a_runbook_runs_for_resources_of_its_type(
    small: Simulation, target: dict[str, Any], target_type: str, expected: set[str]
) -> None:
    group(small, "dev")
    assert mark(small, [target], target_type) == expected


def test_a_runbook_gets_one_value_at_a_time_in_its_target_parameter(small: Simulation) -> None:
    ids = [small.machines[name].id for name in ("a", "b")]
    mark(small, [{"Key": "ParameterValues", "Values": ids}])
    found = small.call("ec2", "DescribeTags", Filters=[{"Name": "key", "Values": ["Marked"]}])
    assert {tag["ResourceId"] for tag in found["Tags"]} == set(ids)


def test_a_target_map_has_all_parameters_of_its_executions(small: Simulation) -> None:
    a, b, bare = (small.machines[name].id for name in ("a", "b", "bare"))
    maps = [{"InstanceId": [a], "Mark": ["first"]}, {"InstanceId": [b, bare]}]
    associate(small, **marking(small), TargetMaps=maps)
    small.forward(seconds=1)
    found = small.call("ec2", "DescribeTags", Filters=[{"Name": "key", "Values": ["Marked"]}])
    assert {tag["ResourceId"]: tag["Value"] for tag in found["Tags"]} == {
        a: "first",
        b: "yes",
        bare: "yes",
    }


def test_a_node_that_was_away_gets_the_association_when_it_is_back(small: Simulation) -> None:
    associate(small, ScheduleExpression=EVERY_DAY, ApplyOnlyAtCronInterval=False)
    small.forward(seconds=1)
    small.call("ec2", "StopInstances", InstanceIds=[small.machines["a"].id])
    small.call("ec2", "StartInstances", InstanceIds=[small.machines["a"].id])
    assert small.forward(minutes=5) == []  # it has had it
    away = small.machines["away"]
    object.__setattr__(away.node, "state", "running")
    small.call(
        "ssm", "AddTagsToResource", ResourceType="ManagedInstance", ResourceId=away.id, Tags=[]
    )
    (ran,) = small.forward(minutes=5)
    assert (ran.reason, ran.targets) == ("targets", {"away": "Success"})


def test_a_node_that_was_away_at_a_later_time_gets_it_when_it_is_back(small: Simulation) -> None:
    associate(small, ScheduleExpression=EVERY_DAY)
    small.forward(hours=1)
    named = {"InstanceIds": [small.machines["a"].id]}
    small.call("ec2", "StopInstances", **named)
    (daily,) = small.forward(hours=6)
    assert (daily.status, daily.targets["a"]) == ("Pending", "Pending")
    small.call("ec2", "StartInstances", **named)
    (ran,) = small.forward(minutes=5)
    assert (ran.reason, ran.targets) == ("targets", {"a": "Success"})
    assert small.forward(hours=1) == []


def test_a_deregistered_node_is_no_target_any_more(small: Simulation) -> None:
    associate(small, ScheduleExpression=EVERY_DAY)
    (first,) = small.forward(hours=1)
    small.call("ssm", "DeregisterManagedInstance", InstanceId=small.machines["shop"].id)
    (daily,) = small.forward(hours=6)
    assert set(first.targets) - set(daily.targets) == {"shop"}
    answer = small.call("ssm", "ListResourceComplianceSummaries")
    assert len(answer["ResourceComplianceSummaryItems"]) == 2


def test_a_node_that_joins_the_targets_again_is_new_to_them(small: Simulation) -> None:
    associate(small, Targets=[{"Key": "tag:Env", "Values": ["dev"]}])
    small.forward(minutes=1)
    tagged = {"Resources": [small.machines["b"].id], "Tags": [{"Key": "Env", "Value": "dev"}]}
    small.call("ec2", "DeleteTags", **tagged)
    assert small.forward(minutes=1) == []
    small.call("ec2", "CreateTags", **tagged)
    (ran,) = small.forward(minutes=1)
    assert (ran.reason, ran.targets) == ("targets", {"b": "Success"})


def test_new_nodes_get_commands_at_once_but_not_those_that_wait(small: Simulation) -> None:
    associate(small, "at-once")
    associate(small, "waits", ScheduleExpression=EVERY_DAY, ApplyOnlyAtCronInterval=True)
    small.forward(hours=6)
    come_up(small, "new", profile="Servers", role="ServerRole")
    (ran,) = small.forward(hours=1)
    assert (ran.association, ran.reason, set(ran.targets)) == ("at-once", "targets", {"new"})
    (daily,) = small.forward(days=1)
    assert (daily.association, "new" in daily.targets) == ("waits", True)


def test_new_nodes_get_no_runbook_before_its_next_time() -> None:
    with simulation([node("first")]) as running:
        running.deploy(policy(refresh="rate(4 hours)"))
        running.forward(minutes=5)
        come_up(running, "second")
        runs = [ran for ran in running.forward(hours=5) if "second" in ran.targets]
        assert runs[0].association == "AttachIAMToEc2Instance"
        assert runs[0].time == SATURDAY + timedelta(hours=4)


def test_another_region_has_its_own_state_manager(small: Simulation) -> None:
    associate(small)
    small.forward(seconds=1)
    here, there = (
        list(small.aws.state.associations.at((ACCOUNT, region))) for region in (REGION, "eu-west-1")
    )
    assert (len(here), there) == (1, [])
