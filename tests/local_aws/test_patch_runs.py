"""AWS-RunPatchBaseline on a node: what it reads, installs and reports, and how it fails."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from modules.local_aws import LocalAws
from modules.local_aws.fleet import Node
from modules.local_aws.fleet_setup import add_node
from modules.local_aws.node_rights import NodeRights
from modules.local_aws.patching.run_patch_baseline import (
    CommandResult,
    PatchRun,
    run_patch_baseline,
)

PLACE = ("123456789012", "us-east-1")
BUCKET = "aws-quicksetup-patchpolicy-123456789012-a1b2c"
URL = f"s3://{BUCKET}/baseline_overrides.json"
CORE = "arn:aws:iam::aws:policy/AmazonSSMManagedInstanceCore"
ALL = {
    "OperatingSystem": "AMAZON_LINUX_2023",
    "ApprovalRules": {"PatchRules": [{"PatchFilterGroup": {"PatchFilters": []}}]},
}
READ = {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}
ASSOCIATION = "11111111-2222-3333-4444-555555555555"


@pytest.fixture
def managed(aws: LocalAws, client: Any) -> LocalAws:
    """One managed node, whose role may read the overrides' bucket."""
    node = Node(name="n", account=PLACE[0], region=PLACE[1], profile="P", role="NodeRole")
    aws.state.clock.hold(datetime(2026, 3, 1, tzinfo=UTC))
    add_node(aws.state, node)
    client("s3").create_bucket(Bucket=BUCKET)
    client("iam").put_role_policy(
        RoleName="NodeRole",
        PolicyName="read",
        PolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [READ]}),
    )
    return aws


def put(client: Any, content: Any) -> None:
    body = content if isinstance(content, bytes) else json.dumps(content).encode()
    client("s3").put_object(Bucket=BUCKET, Key="baseline_overrides.json", Body=body)


def patch(
    aws: LocalAws, *, association: str | None = ASSOCIATION, **parameters: str
) -> CommandResult:
    (machine,) = aws.state.nodes.at(PLACE).values()
    given: Mapping[str, str] = {"Operation": "Scan", "BaselineOverride": URL, **parameters}
    run = PatchRun(
        rights=NodeRights(aws.state, PLACE),
        machine=machine,
        parameters=given,
        command_id="a-command",
        association_id=association,
    )
    return run_patch_baseline(run)


def state_of(aws: LocalAws, client: Any) -> dict[str, Any]:
    (node_id,) = aws.state.nodes.at(PLACE)
    answer = client("ssm").describe_instance_patch_states(InstanceIds=[node_id])
    (found,) = answer["InstancePatchStates"]
    return dict(found)


@pytest.mark.parametrize(
    ("content", "code"),
    [
        ([ALL], 0),
        ([ALL, {"OperatingSystem": "WINDOWS"}], 0),
        (ALL, 161),
        (b"not JSON", 161),
        ([], 163),
        ([{"OperatingSystem": "WINDOWS"}], 163),
        ([ALL, ALL], 165),
        (None, 162),
    ],
)
def test_the_override_file_has_a_contract(
    managed: LocalAws, client: Any, content: Any, code: int
) -> None:
    if content is not None:
        put(client, content)
    assert patch(managed).code == code


def test_a_node_that_may_not_read_the_overrides_says_so(managed: LocalAws, client: Any) -> None:
    put(client, [ALL])
    client("iam").delete_role_policy(RoleName="NodeRole", PolicyName="read")
    result = patch(managed)
    assert result.code == 160
    assert f"Unable to download file from S3: {URL}" in result.error
    assert "NodeRole" in result.error


@pytest.mark.parametrize(
    ("url", "code"),
    [
        ("s3://no-such-bucket-anywhere/baseline_overrides.json", 162),
        (f"https://s3.amazonaws.com/{BUCKET}/baseline_overrides.json", 162),
    ],
)
def test_overrides_that_are_elsewhere_cannot_be_downloaded(
    managed: LocalAws, url: str, code: int
) -> None:
    assert patch(managed, BaselineOverride=url).code == code


def test_two_overrides_exclude_each_other(managed: LocalAws, client: Any) -> None:
    put(client, [ALL])
    assert patch(managed, InstallOverrideList=URL).code == 167


def test_a_role_without_systems_managers_rights_gets_no_snapshot(
    managed: LocalAws, client: Any
) -> None:
    put(client, [ALL])
    client("iam").detach_role_policy(RoleName="NodeRole", PolicyArn=CORE)
    assert patch(managed).code == 145


def test_scanning_installs_nothing(managed: LocalAws, client: Any) -> None:
    put(client, [ALL])
    patch(managed)
    state = state_of(managed, client)
    assert (state["Operation"], state["MissingCount"], state["InstalledCount"]) == ("Scan", 4, 0)
    (node,) = managed.state.patching.nodes.values()
    assert node.restarts == []


@pytest.mark.parametrize(
    ("option", "expected"),
    [("RebootIfNeeded", (0, 1, "COMPLIANT")), ("NoReboot", (4, 0, "NON_COMPLIANT"))],
)
def test_installing_restarts_the_node_or_waits(
    managed: LocalAws, client: Any, option: str, expected: tuple[int, int, str]
) -> None:
    pending, restarts, verdict = expected
    put(client, [ALL])
    assert patch(managed, Operation="Install", RebootOption=option).code == 0
    state = state_of(managed, client)
    assert (state["MissingCount"], state["InstalledPendingRebootCount"]) == (0, pending)
    (node,) = managed.state.patching.nodes.values()
    assert len(node.restarts) == restarts
    summaries = client("ssm").list_resource_compliance_summaries()
    (summary,) = summaries["ResourceComplianceSummaryItems"]
    assert summary["Status"] == verdict
    assert ("LastNoRebootInstallOperationTime" in state) is (option == "NoReboot")


def test_a_patch_that_comes_out_later_is_missing_then(managed: LocalAws, client: Any) -> None:
    put(client, [ALL])
    patch(managed, Operation="Install")
    managed.state.clock.hold(managed.state.now() + timedelta(days=6))
    patch(managed)
    items = client("ssm").list_compliance_items()["ComplianceItems"]
    assert [i["Id"] for i in items if i["Status"] == "NON_COMPLIANT"] == ["curl"]
    assert {i["ExecutionSummary"]["ExecutionType"] for i in items} == {"PatchPolicy"}


@pytest.mark.parametrize(
    ("association", "override", "reports"),
    [
        (ASSOCIATION, URL, ["PatchPolicy"]),
        (None, URL, []),
        (ASSOCIATION, "s3://other-bucket/baseline_overrides.json", []),
        (None, "", ["Command"]),
    ],
)
def test_compliance_is_updated_by_a_patch_policy_or_without_an_override(
    managed: LocalAws, client: Any, association: str | None, override: str, reports: list[str]
) -> None:
    put(client, [ALL])
    s3 = client("s3")
    s3.create_bucket(Bucket="other-bucket")
    s3.put_object(Bucket="other-bucket", Key="baseline_overrides.json", Body=json.dumps([ALL]))
    assert patch(managed, association=association, BaselineOverride=override).code == 0
    found = client("ssm").list_resource_compliance_summaries()["ResourceComplianceSummaryItems"]
    assert [each["ExecutionSummary"]["ExecutionType"] for each in found] == reports


def test_summaries_and_patches_are_filtered(managed: LocalAws, client: Any) -> None:
    put(client, [ALL])
    patch(managed)
    ssm = client("ssm")
    (node_id,) = managed.state.nodes.at(PLACE)
    missing = ssm.describe_instance_patches(
        InstanceId=node_id, Filters=[{"Key": "State", "Values": ["MISSING"]}]
    )["Patches"]
    assert "kernel" in {each["Title"] for each in missing}
    (counts,) = ssm.list_compliance_summaries()["ComplianceSummaryItems"]
    assert counts["NonCompliantSummary"]["NonCompliantCount"] == 1
    none = [{"Key": "Status", "Values": ["COMPLIANT"], "Type": "EQUAL"}]
    answer = ssm.list_resource_compliance_summaries(Filters=none)
    assert answer["ResourceComplianceSummaryItems"] == []


def test_a_node_may_lack_some_patches_only(aws: LocalAws) -> None:
    machine = Node(name="n", account=PLACE[0], region=PLACE[1], missing_patches=("kernel",))
    add_node(aws.state, machine)
    (node,) = aws.state.patching.nodes.values()
    assert {p.id for p in node.patches} - node.installed.keys() == {"kernel"}
