"""When associations run, on what, and what is kept of it."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.simulation.fleets import (
    ACCOUNT,
    PLACE,
    PREFIX,
    REGION,
    SATURDAY,
    Simulation,
    attaching,
    node,
    policy,
    simulation,
)

MARK = {
    "schemaVersion": "0.3",
    "parameters": {"InstanceId": {"type": "String"}},
    "mainSteps": [
        {
            "name": "mark",
            "action": "aws:executeAwsApi",
            "inputs": {
                "Service": "ec2",
                "Api": "CreateTags",
                "Resources": ["{{ InstanceId }}"],
                "Tags": [{"Key": "Marked", "Value": "yes"}],
            },
        }
    ],
}
EVERY_DAY = "cron(0 1 * * ? *)"
NOBODYS = "00000000-0000-0000-0000-000000000000"
READING = ("Describe", "Get", "List")


@pytest.fixture
def small() -> Iterator[Simulation]:
    """Two instances with a role, one without, a hybrid node, and one that is away."""
    servers: dict[str, Any] = {"profile": "Servers", "role": "ServerRole"}
    nodes = [
        node("a", **servers),
        node("b", **servers, tags={"Env": "dev"}),
        node("bare"),
        node("shop", kind="hybrid", role="ShopRole"),
        node("away", kind="hybrid", role="ShopRole", state="stopped"),
    ]
    with simulation(nodes) as running:
        yield running


def associate(running: Simulation, name: str = "scan", **settings: Any) -> str:
    """An association that scans all managed nodes, unless it says otherwise; its ID."""
    request = {
        "Name": "AWS-RunPatchBaseline",
        "AssociationName": f"{PREFIX}{name}-a1b2c",
        "Parameters": {"Operation": ["Scan"]},
        "Targets": [{"Key": "InstanceIds", "Values": ["*"]}],
    }
    answer = running.call("ssm", "CreateAssociation", **{**request, **settings})
    return str(answer["AssociationDescription"]["AssociationId"])


def mark(running: Simulation, targets: list[dict[str, Any]], target_type: str = "/") -> set[str]:
    """The nodes that a runbook is run for."""
    content = json.dumps(MARK)
    kind = {"DocumentType": "Automation", "TargetType": target_type}
    running.call("ssm", "CreateDocument", Name="Mark", Content=content, **kind)
    associate(
        running,
        Name="Mark",
        Parameters={},
        Targets=targets,
        AutomationTargetParameterName="InstanceId",
    )
    (ran,) = running.forward(seconds=1)
    return set(ran.targets)


def times(running: Simulation, **duration: float) -> list[str]:
    return [f"{ran.time:%a %H:%M} {ran.reason}" for ran in running.forward(**duration)]


def test_a_new_association_runs_at_once_and_then_on_schedule(small: Simulation) -> None:
    associate(small, ScheduleExpression=EVERY_DAY)
    expected = ["Sat 20:00 created", "Sun 01:00 schedule", "Mon 01:00 schedule"]
    assert times(small, hours=30) == expected


def test_one_that_waits_for_its_cron_time_does_not(small: Simulation) -> None:
    associate(small, ScheduleExpression=EVERY_DAY, ApplyOnlyAtCronInterval=True)
    assert times(small, hours=6) == ["Sun 01:00 schedule"]


def test_a_rate_counts_from_the_last_change(small: Simulation) -> None:
    id_ = associate(small, ScheduleExpression="rate(12 hours)")
    assert times(small, hours=13) == ["Sat 20:00 created", "Sun 08:00 schedule"]
    name = {"AssociationName": f"{PREFIX}scan-a1b2c", "Parameters": {"Operation": ["Scan"]}}
    again = {**name, "ScheduleExpression": "rate(12 hours)"}
    targets = [{"Key": "InstanceIds", "Values": ["*"]}]
    small.call("ssm", "UpdateAssociation", AssociationId=id_, Targets=targets, **again)
    assert times(small, hours=13) == ["Sun 09:00 updated", "Sun 21:00 schedule"]


def test_an_offset_counts_in_days_from_the_day_of_the_cron_expression(small: Simulation) -> None:
    second_sunday: dict[str, Any] = {
        "ScheduleExpression": "cron(0 2 ? * SUN#2 *)",
        "ScheduleOffset": 3,
    }
    associate(small, ApplyOnlyAtCronInterval=True, **second_sunday)
    assert times(small, days=5) == ["Wed 02:00 schedule"]
    with pytest.raises(ClientError, match="ApplyOnlyAtCronInterval"):
        associate(small, **second_sunday)


def test_one_without_a_schedule_runs_once_and_on_request(small: Simulation) -> None:
    id_ = associate(small)
    assert times(small, days=3) == ["Sat 20:00 created"]
    small.call("ssm", "StartAssociationsOnce", AssociationIds=[id_])
    assert times(small, days=1) == ["Tue 20:00 once"]
    with pytest.raises(ClientError, match="AssociationDoesNotExist"):
        small.call("ssm", "StartAssociationsOnce", AssociationIds=[NOBODYS])


def test_a_new_default_version_of_its_document_runs_it(small: Simulation) -> None:
    mark(small, [{"Key": "ParameterValues", "Values": ["x"]}])
    content = json.dumps({**MARK, "description": "changed"})
    changed = small.call(
        "ssm", "UpdateDocument", Name="Mark", Content=content, DocumentVersion="$LATEST"
    )
    assert times(small, hours=1) == []
    version = changed["DocumentDescription"]["DocumentVersion"]
    small.call("ssm", "UpdateDocumentDefaultVersion", Name="Mark", DocumentVersion=version)
    assert times(small, hours=1) == ["Sat 21:00 document"]


def test_what_is_due_at_once_runs_in_the_order_in_which_it_was_made(small: Simulation) -> None:
    for name in ("second", "first"):
        associate(small, name, ScheduleExpression=EVERY_DAY, ApplyOnlyAtCronInterval=True)
    assert [ran.association for ran in small.forward(hours=6)] == ["second", "first"]


def test_a_deleted_association_runs_no_more(small: Simulation) -> None:
    id_ = associate(small, ScheduleExpression=EVERY_DAY)
    small.call("ssm", "DeleteAssociation", AssociationId=id_)
    assert small.forward(days=3) == []


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


def group(running: Simulation, env: str) -> None:
    filters = [{"Key": "Env", "Values": [env]}]
    query = {"ResourceTypeFilters": ["AWS::AllSupported"], "TagFilters": filters}
    given = {"Type": "TAG_FILTERS_1_0", "Query": json.dumps(query)}
    running.call("resource-groups", "CreateGroup", Name=env, ResourceQuery=given)


def test_a_runbook_gets_one_value_at_a_time_in_its_target_parameter(small: Simulation) -> None:
    ids = [small.machines[name].id for name in ("a", "b")]
    mark(small, [{"Key": "ParameterValues", "Values": ids}])
    found = small.call("ec2", "DescribeTags", Filters=[{"Name": "key", "Values": ["Marked"]}])
    assert {tag["ResourceId"] for tag in found["Tags"]} == set(ids)


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


def come_up(running: Simulation, name: str, **fields: Any) -> None:
    from modules.local_aws.admin_actions import add_node  # noqa: PLC0415  # as the admin API does

    add_node(running.aws.state, {**vars(node(name, **fields)), "missing_patches": None})


def test_too_many_errors_spare_the_other_nodes(small: Simulation) -> None:
    core = "arn:aws:iam::aws:policy/AmazonSSMManagedInstanceCore"
    small.call("iam", "DetachRolePolicy", RoleName="ServerRole", PolicyArn=core)
    statement = {"Effect": "Allow", "Action": "ssm:UpdateInstanceInformation", "Resource": "*"}
    text = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    small.call("iam", "PutRolePolicy", RoleName="ServerRole", PolicyName="p", PolicyDocument=text)
    associate(small, MaxConcurrency="1", MaxErrors="0")
    (ran,) = small.forward(seconds=1)
    assert ran.status == "Failed"
    assert sorted(ran.targets.values()) == ["Cancelled", "Cancelled", "Failed", "Pending"]


def test_executions_are_kept_in_pages_with_filters(small: Simulation) -> None:
    id_ = associate(small, ScheduleExpression="rate(30 minutes)")
    small.forward(hours=2.1)
    ids = {"AssociationId": id_}
    found = list(
        small.pages("DescribeAssociationExecutions", "AssociationExecutions", MaxResults=2, **ids)
    )
    assert [f"{e['CreatedTime']:%H:%M}" for e in found] == [
        "22:00", "21:30", "21:00", "20:30", "20:00"
    ]  # fmt: skip
    assert {e["ResourceCountByStatus"] for e in found} == {"{Pending=1, Success=3}"}
    late = {"Key": "CreatedTime", "Value": "2026-03-07T21:15:00Z", "Type": "GREATER_THAN"}
    assert len(executions(small, id_, late)) == 2
    one = {"Key": "ExecutionId", "Value": found[1]["ExecutionId"], "Type": "EQUAL"}
    assert executions(small, id_, one) == [found[1]]


def executions(running: Simulation, id_: str, *filters: dict[str, str]) -> list[Any]:
    given: dict[str, Any] = {"Filters": list(filters)} if filters else {}
    answer = running.call("ssm", "DescribeAssociationExecutions", AssociationId=id_, **given)
    return list(answer["AssociationExecutions"])


def test_targets_of_an_execution_say_what_ran_on_them(small: Simulation) -> None:
    id_ = associate(small)
    small.forward(seconds=1)
    (execution,) = executions(small, id_)
    wanted = {"AssociationId": id_, "ExecutionId": execution["ExecutionId"]}
    filters = [{"Key": "Status", "Value": "Success"}]
    found = small.call("ssm", "DescribeAssociationExecutionTargets", Filters=filters, **wanted)
    targets = found["AssociationExecutionTargets"]
    assert {t["ResourceId"] for t in targets} == {
        small.machines[name].id for name in ("a", "b", "shop")
    }
    assert {t["OutputSource"]["OutputSourceType"] for t in targets} == {"RunCommand"}
    with pytest.raises(ClientError, match="AssociationExecutionDoesNotExist"):
        small.call(
            "ssm",
            "DescribeAssociationExecutionTargets",
            **{**wanted, "ExecutionId": NOBODYS},
        )


def test_an_association_says_how_its_last_run_went(small: Simulation) -> None:
    id_ = associate(small, Targets=[{"Key": "tag:Env", "Values": ["dev"]}])
    small.forward(seconds=1)
    described = small.call("ssm", "DescribeAssociation", AssociationId=id_)
    found = described["AssociationDescription"]
    assert found["Overview"] == {
        "Status": "Success",
        "DetailedStatus": "Success",
        "AssociationStatusAggregatedCount": {"Success": 1},
    }
    assert found["LastExecutionDate"] == found["LastSuccessfulExecutionDate"] == SATURDAY


def test_a_run_whose_role_cannot_be_assumed_yet_fails() -> None:
    with simulation([node("n")]) as running:
        running.deploy(policy())
        running.aws.state.switches.role_delay_seconds = 20
        first = {ran.association: ran for ran in running.forward(seconds=1)}
        assert first["AttachIAMToEc2Instance"].status == "Failed"
        (association,) = [running.association("AttachIAMToEc2Instance")]
        assert "unable to be assumed" in association.history[0].targets[0].error
        running.call("ssm", "StartAssociationsOnce", AssociationIds=[association.id])
        again = {ran.association: ran for ran in running.forward(minutes=1)}
        assert again["AttachIAMToEc2Instance"].status == "Failed"
        running.call("ssm", "StartAssociationsOnce", AssociationIds=[association.id])
        later = {ran.association: ran for ran in running.forward(minutes=1)}
        assert later["AttachIAMToEc2Instance"].status == "Success"


def test_the_same_fleet_has_the_same_history() -> None:
    def past() -> list[Any]:
        nodes = [node("bare"), node("own", profile="P", role="R"), node("h", kind="hybrid")]
        with simulation(nodes) as running:
            running.deploy(attaching(policy()))
            running.forward(hours=30)
            return running.history

    assert past() == past()


def test_a_second_refresh_of_the_runbooks_changes_nothing() -> None:
    with simulation([node("bare"), node("own", profile="P", role="R")]) as running:
        running.deploy(attaching(policy()))
        running.forward(minutes=1)
        before = len(running.aws.state.calls.calls)
        ids = [
            running.association(name).id
            for name in ("AttachIAMToEc2Instance", "AttachIAMToHybridInstance", "EnableExplorer")
        ]
        running.call("ssm", "StartAssociationsOnce", AssociationIds=ids)
        running.forward(minutes=1)
        calls = [each.operation for each in running.aws.state.calls.calls][before:]
        assert "DescribeInstances" in calls
        changing = {each for each in calls if not each.startswith(READING)}
        assert changing == {"StartAssociationsOnce"}


def test_in_real_time_what_is_due_runs_by_itself(small: Simulation) -> None:
    small.aws.state.clock.run_from(SATURDAY)
    id_ = associate(small)
    small.aws.state.switches.associations_run_by_themselves = True
    ends = time.monotonic() + 10
    while not executions(small, id_) and time.monotonic() < ends:
        time.sleep(0.05)
    (execution,) = executions(small, id_)
    assert execution["ResourceCountByStatus"] == "{Pending=1, Success=3}"
    assert small.aws.state.clock.held is None


def test_nothing_runs_unless_the_clock_is_moved(small: Simulation) -> None:
    id_ = associate(small)
    time.sleep(0.6)
    assert executions(small, id_) == []


def test_another_region_has_its_own_state_manager(small: Simulation) -> None:
    associate(small)
    small.forward(seconds=1)
    assert PLACE == (ACCOUNT, REGION)
    assert list(small.aws.state.associations.at((ACCOUNT, "eu-west-1"))) == []
