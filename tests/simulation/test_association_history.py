"""What is kept of the runs of associations."""

from __future__ import annotations

import json
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.simulation.associating import NOBODYS, associate, executions
from tests.simulation.fleets import SATURDAY, Simulation, attaching, node, policy, simulation

READING = ("Describe", "Get", "List")


def test_a_command_document_that_is_not_carried_out_here_fails_by_its_name(
    small: Simulation,
) -> None:
    content = {
        "schemaVersion": "2.2",
        "mainSteps": [
            {"name": "x", "action": "aws:runShellScript", "inputs": {"runCommand": ["x"]}}
        ],
    }
    given = {"DocumentType": "Command", "Content": json.dumps(content)}
    small.call("ssm", "CreateDocument", Name="Mine", **given)
    id_ = associate(small, Name="Mine", Parameters={})
    assert [ran.status for ran in small.forward(hours=1)] == ["Failed", "Failed"]
    assert "the Command document Mine" in executions(small, id_)[0]["DetailedStatus"]


@pytest.mark.parametrize(
    ("max_errors", "expected"),
    [
        ("0", ["Cancelled", "Cancelled", "Failed", "Pending"]),
        ("25%", ["Cancelled", "Failed", "Failed", "Pending"]),  # of all four, one of them away
    ],
)
def test_too_many_errors_spare_the_other_nodes(
    max_errors: str, expected: list[str], small: Simulation
) -> None:
    core = "arn:aws:iam::aws:policy/AmazonSSMManagedInstanceCore"
    small.call("iam", "DetachRolePolicy", RoleName="ServerRole", PolicyArn=core)
    statement = {"Effect": "Allow", "Action": "ssm:UpdateInstanceInformation", "Resource": "*"}
    text = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    small.call("iam", "PutRolePolicy", RoleName="ServerRole", PolicyName="p", PolicyDocument=text)
    associate(small, MaxConcurrency="1", MaxErrors=max_errors)
    (ran,) = small.forward(seconds=1)
    assert ran.status == "Failed"
    assert sorted(ran.targets.values()) == expected


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
