"""What rules find in resources that are no associations: nodes, windows, buckets, checks."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import pytest

from tests.unit.review.plans_by_hand import CREATE, DELETE, SCAN, found, report_of, resource

NO_OP = ("no-op",)
KEY = "QSConfigId-a1b2c"


def unchanged(association: Mapping[str, Any]) -> dict[str, Any]:
    return resource(association, association, actions=NO_OP)


INSTALL = {**SCAN, "parameters": {"Operation": "Install"}}


@pytest.mark.parametrize(
    ("association", "tags", "rules"),
    [
        (INSTALL, {"Env": "prod"}, [("node-tags-changed", "critical")]),
        (SCAN, {"Env": "prod"}, [("node-tags-changed", "warning")]),
        (INSTALL, {"Env": "test", "Team": "x"}, [("node-tags-changed", "notice")]),
    ],
)
def test_an_instance_whose_tags_change_may_join_an_association(
    association: Mapping[str, Any], tags: Mapping[str, str], rules: list[tuple[str, str]]
) -> None:
    node = resource(
        {"id": "i-1", "tags_all": {"Env": "test"}}, {"tags_all": tags}, type_="aws_instance"
    )
    report = report_of(unchanged(association), node)
    assert found(report) == rules
    assert report.cosmetic is None


def test_a_tag_that_is_taken_from_a_node_is_named() -> None:
    tag = {"resource_id": "i-1", "key": "Env", "value": "prod"}
    report = report_of(unchanged(SCAN), resource(tag, None, type_="aws_ec2_tag", actions=DELETE))
    assert found(report) == [("node-tags-changed", "warning")]
    assert "Env: prod -> nothing" in report.findings[0].message


def test_a_group_that_finds_other_members_changes_whom_associations_run_on() -> None:
    targets = [{"key": "resource-groups:Name", "values": ["web"]}]
    old, new = ({"name": "web", "resource_query": [{"query": each}]} for each in ("a", "b"))
    group = resource(old, new, type_="aws_resourcegroups_group")
    report = report_of(unchanged({**INSTALL, "targets": targets}), group)
    assert found(report) == [("targets-changed", "critical")]


@pytest.mark.parametrize(
    ("type_", "name"),
    [("aws_instance", "iam_instance_profile"), ("aws_iam_instance_profile", "role")],
)
def test_another_role_of_nodes_is_named(type_: str, name: str) -> None:
    report = report_of(resource({name: "Old"}, {name: "New"}, type_=type_))
    assert found(report) == [("node-role-changed", "warning")]


@pytest.mark.parametrize(
    ("after", "unknown"),
    [
        ({"name": "r"}, {"tags": True, "tags_all": True}),
        ({"name": "r", "tags_all": {}}, {"tags_all": {KEY: True}}),
    ],
)
def test_a_tag_that_may_be_lost_is_said_to_be_so(after: Any, unknown: Any) -> None:
    before = {"name": "r", "tags_all": {KEY: "a1b2c"}}
    report = report_of(resource(before, after, type_="aws_iam_role", after_unknown=unknown))
    assert found(report) == [("store-access-lost", "warning")]


def window_task(operation: str) -> dict[str, Any]:
    parameter = [{"name": "Operation", "values": [operation]}]
    return {
        "task_arn": "AWS-RunPatchBaseline",
        "task_invocation_parameters": [{"run_command_parameters": [{"parameter": parameter}]}],
    }


def test_a_maintenance_window_that_begins_or_ends_to_install_is_named() -> None:
    scan, install = window_task("Scan"), window_task("Install")
    task = "aws_ssm_maintenance_window_task"
    begins = [("install-begins", "critical"), ("reboot-begins", "critical")]
    assert found(report_of(resource(scan, install, type_=task))) == begins
    assert found(report_of(resource(install, scan, type_=task))) == [("install-ends", "warning")]


@pytest.mark.parametrize(
    ("type_", "name", "rule"),
    [
        ("aws_ssm_maintenance_window", "schedule", "schedule-changed"),
        ("aws_ssm_maintenance_window_target", "targets", "targets-changed"),
    ],
)
def test_a_maintenance_window_that_changes_is_named(type_: str, name: str, rule: str) -> None:
    report = report_of(resource({name: "old"}, {name: "new"}, type_=type_))
    assert found(report) == [(rule, "warning")]


def test_a_role_that_is_to_keep_no_other_policy_is_named() -> None:
    exclusive = {"role_name": "Nodes", "policy_arns": []}
    type_ = "aws_iam_role_policy_attachments_exclusive"
    report = report_of(resource(None, exclusive, type_=type_, actions=CREATE))
    assert found(report) == [("policy-detached", "warning")]


def test_overrides_that_terraform_writes_are_compared() -> None:
    old, new = (
        {"key": "a/baseline_overrides.json", "content": json.dumps([{"ApprovedPatches": each}])}
        for each in (["kernel"], ["*"])
    )
    report = report_of(resource(old, new, type_="aws_s3_object"))
    assert found(report) == [("baseline-rules-changed", "warning")]
    assert report.findings[0].detail == ("overrides.0.ApprovedPatches.0: kernel -> *",)
    gone = report_of(resource(old, None, type_="aws_s3_object", actions=DELETE))
    assert found(gone) == [("baseline-missing", "critical")]


def test_a_bucket_that_everybody_reads_is_named() -> None:
    acl = {"bucket": "b", "acl": "public-read"}
    report = report_of(resource(None, acl, type_="aws_s3_bucket_acl", actions=CREATE))
    assert found(report) == [("bucket-protection-weakened", "critical")]


def test_a_bucket_whose_objects_get_other_owners_is_named() -> None:
    old, new = (
        {"bucket": "b", "rule": [{"object_ownership": each}]}
        for each in ("BucketOwnerEnforced", "ObjectWriter")
    )
    report = report_of(resource(old, new, type_="aws_s3_bucket_ownership_controls"))
    assert found(report) == [("bucket-protection-weakened", "warning")]


def test_a_check_that_fails_is_named_and_one_that_passes_is_not() -> None:
    checks = [
        {
            "address": {"kind": "check", "to_display": f"check.{status}"},
            "status": status,
            "instances": [{"problems": [{"message": "The window is wrong."}]}],
        }
        for status in ("pass", "fail", "unknown")
    ]
    report = report_of(checks=checks)
    assert found(report) == [("check-failed", "warning")]
    assert (report.findings[0].subject, "window is wrong" in report.findings[0].message) == (
        "check.fail",
        True,
    )


def test_outputs_that_change_are_counted() -> None:
    changes = {"a": {"actions": ["update"]}, "b": {"actions": ["no-op"]}}
    assert report_of(output_changes=changes).outputs == ("a",)


def drifted(before: Mapping[str, Any], after: Mapping[str, Any] | None) -> dict[str, Any]:
    return resource(before, after, actions=DELETE if after is None else ("update",))


def test_drift_that_a_plan_keeps_is_named_unless_it_says_nothing() -> None:
    empty = {**SCAN, "compliance_severity": "", "tags": None}
    assert found(report_of(resource_drift=[drifted({**SCAN, "tags": {}}, empty)])) == []
    assert found(report_of(resource_drift=[drifted(SCAN, INSTALL)])) == [("drift-kept", "warning")]
    assert found(report_of(resource_drift=[drifted(SCAN, None)])) == [("drift-kept", "warning")]
