"""What rules find in small plans, for what the labelled plans do not have."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.unit.review.plans_by_hand import (
    CREATE,
    DELETE,
    INSTALL,
    SCAN,
    at,
    found,
    report_of,
    resource,
)


@pytest.mark.parametrize(
    ("members", "rules"),
    [
        ({"errored": True, "complete": False}, [("plan-incomplete", "critical")]),
        ({"complete": False}, [("plan-incomplete", "warning")]),
        ({"complete": True}, []),
        (
            {"deferred_changes": [{"reason": "x", "resource_change": {"address": "a.b"}}]},
            [("plan-incomplete", "warning")],
        ),
    ],
)
def test_a_plan_that_is_not_whole(members: dict[str, Any], rules: list[tuple[str, str]]) -> None:
    assert found(report_of(**members)) == rules


def test_a_list_of_patches_that_overrides_the_baselines_is_named() -> None:
    listed = {**INSTALL, "parameters": {**INSTALL["parameters"], "InstallOverrideList": "s3://x/y"}}
    report = report_of(resource(INSTALL, listed))
    assert found(report) == [("baseline-source-changed", "warning")]


def test_an_attribute_that_no_rule_speaks_of_is_named_beside_others() -> None:
    changed = {
        **INSTALL,
        "schedule_expression": "cron(0 3 ? * SUN *)",
        "compliance_severity": "LOW",
    }
    report = report_of(resource(INSTALL, changed))
    assert found(report) == [("schedule-changed", "warning"), ("resource-changed", "notice")]
    assert "compliance_severity" in report.findings[1].message


def test_a_replacement_that_has_both_for_a_moment_says_so() -> None:
    report = report_of(resource(SCAN, SCAN, actions=("create", "delete")))
    lost = next(each for each in report.findings if each.rule == "history-lost")
    assert "create_before_destroy" in " ".join(lost.detail)


def configured(*regions: str) -> dict[str, Any]:
    """A configuration with a resource for each region: `aws_ssm_association.<region>`."""
    return {
        "provider_config": {
            f"aws.{region}": {"expressions": {"region": {"constant_value": region}}}
            for region in regions
        },
        "root_module": {
            "resources": [
                {
                    "address": f"aws_ssm_association.{region}",
                    "provider_config_key": f"aws.{region}",
                    "expressions": dict.fromkeys(SCAN),
                }
                for region in regions
            ]
        },
    }


def test_a_policy_that_leaves_one_region_for_another_is_not_taken_for_a_move() -> None:
    """The associations have the same names in every region."""
    gone = {**SCAN, "arn": "arn:aws:ssm:us-east-1:123456789012:association/1"}
    report = report_of(
        at("aws_ssm_association.us-east-1", resource(gone, None, actions=DELETE)),
        at("aws_ssm_association.eu-west-1", resource(None, SCAN, actions=CREATE)),
        configuration=configured("us-east-1", "eu-west-1"),
    )
    assert ("policy-removed", "critical") in found(report)
    assert "in us-east-1" in report.findings[0].message
    assert "history-lost" not in [each.rule for each in report.findings]


def test_a_move_within_a_region_is_one() -> None:
    gone = {**SCAN, "arn": "arn:aws:ssm:eu-west-1:123456789012:association/1"}
    report = report_of(
        at("aws_ssm_association.old", resource(gone, None, actions=DELETE)),
        at("aws_ssm_association.eu-west-1", resource(None, SCAN, actions=CREATE)),
        configuration=configured("eu-west-1"),
    )
    assert found(report) == [("runs-on-apply", "notice"), ("history-lost", "notice")]


def test_a_name_that_two_have_says_nothing_of_a_move() -> None:
    report = report_of(
        at("aws_ssm_association.a", resource(SCAN, None, actions=DELETE)),
        at("aws_ssm_association.b", resource(SCAN, None, actions=DELETE)),
        at("aws_ssm_association.c", resource(None, SCAN, actions=CREATE)),
    )
    assert [each.address for each in report.associations if each.after is None] == [
        "aws_ssm_association.a",
        "aws_ssm_association.b",
    ]
    assert "history-lost" not in [rule for rule, _ in found(report)]


def test_policies_of_two_regions_do_not_meet() -> None:
    other = {**SCAN, "association_name": SCAN["association_name"].replace("a1b2c", "other")}
    two = (
        at("aws_ssm_association.us-east-1", resource(None, SCAN, actions=CREATE)),
        at("aws_ssm_association.eu-west-1", resource(None, other, actions=CREATE)),
    )
    apart = report_of(*two, configuration=configured("us-east-1", "eu-west-1"))
    assert {rule for rule, _ in found(apart)} == {"runs-on-apply"}
    assert {"policies-meet", "runs-collide"} <= {rule for rule, _ in found(report_of(*two))}


def test_an_action_of_a_later_terraform_is_a_change() -> None:
    report = report_of(resource(SCAN, {**SCAN, "max_errors": "50%"}, actions=("revive",)))
    assert ("rate-loosened", "warning") in found(report)


def test_what_is_left_of_an_interrupted_replacement_is_listed_and_not_reviewed() -> None:
    left = {**resource(SCAN, None, actions=DELETE), "deposed": "abcd1234"}
    report = report_of(resource(SCAN, SCAN, actions=("no-op",)), left)
    assert found(report) == []
    assert [(each.action, each.summary) for each in report.changes] == [
        ("delete", "left over of an interrupted replacement")
    ]


def test_an_association_beside_quick_setups_is_recognized_by_what_it_runs() -> None:
    own = {**INSTALL, "association_name": "nightly"}
    report = report_of(resource(None, own, actions=CREATE))
    assert found(report) == [("install-begins", "critical")]


def test_a_new_policy_without_a_baseline_for_a_system_is_named() -> None:
    event = json.dumps({"ResourceProperties": {"PatchBaselines": {"UBUNTU": {"value": "pb-1"}}}})
    fill = {"function_name": "f", "input": event}
    new = resource(None, fill, type_="aws_lambda_invocation", actions=CREATE)
    old = resource(fill, fill, type_="aws_lambda_invocation", actions=("no-op",))
    outputs = {"operating_systems_without_baseline": {"after": ["RASPBIAN"]}}
    assert found(report_of(new, output_changes=outputs)) == [("baseline-missing", "warning")]
    assert found(report_of(new, output_changes={})) == []
    assert found(report_of(old, output_changes=outputs)) == []


def test_an_update_of_the_provider_alone_runs_an_association_as_well() -> None:
    """hashicorp/aws sends UpdateAssociation for whatever changes but tags; seen with 5.100.0."""
    waits = {**SCAN, "wait_for_success_timeout_seconds": 60}
    assert ("runs-on-apply", "notice") in found(report_of(resource(SCAN, waits)))


def test_targets_with_a_sensitive_value_are_not_taken_for_unknown() -> None:
    report = report_of(
        resource(None, SCAN, actions=CREATE, after_sensitive={"targets": [{"values": [True]}]})
    )
    assert found(report) == [("runs-on-apply", "notice")]
    assert "nodes that are sensitive, not shown" in report.associations[0].sentence


def test_an_instance_that_is_made_by_the_same_apply_is_not_known() -> None:
    one = {key: value for key, value in INSTALL.items() if key != "targets"}
    report = report_of(resource(None, one, actions=CREATE, after_unknown={"instance_id": True}))
    assert "nodes that are not known until apply" in report.associations[0].sentence
    assert ("unknown-until-apply", "warning") in found(report)


def test_an_argument_that_is_given_as_nothing_is_no_reason_to_wonder() -> None:
    """Terraform shows an empty map of an optional, computed attribute as unknown."""
    configuration = {
        "root_module": {
            "resources": [
                {
                    "address": "aws_ssm_association.it",
                    "expressions": {"name": {}, "parameters": {"constant_value": {}}},
                }
            ]
        }
    }
    bare = {**SCAN, "name": "AWS-RestartEC2Instance", "parameters": None}
    made = resource(None, bare, actions=CREATE, after_unknown={"parameters": True})
    rules = [rule for rule, _ in found(report_of(made, configuration=configuration))]
    assert rules == ["reboot-begins", "runs-on-apply"]


def test_two_targets_of_one_key_are_both_said() -> None:
    targets = [{"key": "tag:Env", "values": [each]} for each in ("prod", "stage")]
    report = report_of(resource(None, {**SCAN, "targets": targets}, actions=CREATE))
    assert "nodes tagged Env=prod or stage" in report.associations[0].sentence


def test_what_differs_stands_beside_a_change_that_no_rule_knows() -> None:
    old, new = ({"name": "g", "retention_in_days": days} for days in (30, 1))
    report = report_of(resource(old, new, type_="aws_cloudwatch_log_group"))
    assert report.findings[0].detail == ("retention_in_days: 30 -> 1",)


def test_compliance_that_is_no_longer_of_the_patches_is_named() -> None:
    old, new = ({**SCAN, "sync_compliance": each} for each in ("MANUAL", "AUTO"))
    assert ("sync-compliance-lost", "warning") in found(report_of(resource(old, new)))
    assert ("sync-compliance-lost", "warning") not in found(report_of(resource(new, old)))
