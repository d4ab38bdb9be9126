"""What rules find in small plans, for what the labelled plans do not have."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

import pytest

from modules.review.model.policy_difference import differences
from modules.review.model.policy_document import statements
from modules.review.report import Report, RunsOnApply
from tests.unit.review.plans_by_hand import SCAN, report_of, resource

INSTALL = {
    **SCAN,
    "association_name": "AWS-QuickSetup-PatchPolicy-InstallPatches-LA-a1b2c",
    "schedule_expression": "cron(0 2 ? * SUN *)",
    "apply_only_at_cron_interval": True,
    "parameters": {"Operation": "Install", "RebootOption": "NoReboot"},
}
CREATE, DELETE = ("create",), ("delete",)


def found(report: Report) -> list[tuple[str, str]]:
    return [(each.rule, str(each.severity)) for each in report.findings]


def at(address: str, entry: Mapping[str, Any]) -> dict[str, Any]:
    return {**entry, "address": address}


def policy(*entries: Mapping[str, Any]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": list(entries)})


ALLOW: Mapping[str, Any] = {
    "Sid": "A",
    "Effect": "Allow",
    "Action": ["s3:GetObject"],
    "Resource": ["arn:aws:s3:::b/*"],
    "Condition": {"StringEquals": {"aws:SourceAccount": ["1"]}},
}


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


def test_a_document_of_a_numbered_version_does_not_run_for_a_new_one() -> None:
    def runs(version: str) -> RunsOnApply:
        association = {**SCAN, "name": "own", "document_version": version}
        report = report_of(
            resource(association, association, actions=("no-op",)),
            resource(
                {"name": "own", "content": "{}"},
                {"name": "own", "content": '{"a":1}'},
                type_="aws_ssm_document",
            ),
        )
        return report.associations[0].runs_on_apply

    assert runs("3") is RunsOnApply.NO
    assert runs("$DEFAULT") is RunsOnApply.YES
    assert runs("$LATEST") is RunsOnApply.YES


def test_yaml_that_grows_when_it_is_read_is_not_compared() -> None:
    """Each line doubles the one before: compared as a tree, it would take years."""
    lines = ["a0: &a0 [x, x]", *(f"a{n}: &a{n} [*a{n - 1}, *a{n - 1}]" for n in range(1, 60))]
    before, after = "\n".join(lines), "\n".join([*lines, ""])
    report = report_of(
        resource(
            {"name": "d", "content": before},
            {"name": "d", "content": after},
            type_="aws_ssm_document",
        )
    )
    assert found(report) == [("document-changed", "warning")]


def test_a_document_that_other_accounts_may_run_is_named() -> None:
    before = {"name": "d", "permissions": {"type": "Share", "account_ids": "1"}}
    after = {"name": "d", "permissions": {"type": "Share", "account_ids": "1, all"}}
    report = report_of(resource(before, after, type_="aws_ssm_document"))
    assert found(report) == [("trust-widened", "critical")]
    assert "all" in report.findings[0].message


def test_a_boundary_that_goes_widens() -> None:
    before = {"name": "r", "permissions_boundary": "arn:aws:iam::1:policy/b"}
    report = report_of(resource(before, {"name": "r"}, type_="aws_iam_role"))
    assert found(report) == [("permissions-widened", "warning")]


def test_policies_that_a_role_lists_itself_are_attached_and_detached() -> None:
    before = {"name": "r", "managed_policy_arns": ["arn:aws:iam::aws:policy/A"]}
    after = {"name": "r", "managed_policy_arns": ["arn:aws:iam::aws:policy/AdministratorAccess"]}
    report = report_of(resource(before, after, type_="aws_iam_role"))
    assert found(report) == [("policy-attached", "critical"), ("policy-detached", "warning")]


def test_an_inline_policy_of_a_role_is_compared() -> None:
    before = {"name": "r", "inline_policy": [{"name": "p", "policy": policy(ALLOW)}]}
    wider = {**ALLOW, "Action": ["s3:GetObject", "s3:PutObject"]}
    after = {"name": "r", "inline_policy": [{"name": "p", "policy": policy(wider)}]}
    report = report_of(resource(before, after, type_="aws_iam_role"))
    assert found(report) == [("permissions-widened", "warning")]
    assert report.permissions[0].lines == ("+ action s3:PutObject",)


def test_a_permission_of_a_function_is_a_statement() -> None:
    given = {
        "statement_id": "s",
        "function_name": "f",
        "action": "lambda:InvokeFunction",
        "principal": "*",
    }
    report = report_of(resource(None, given, type_="aws_lambda_permission", actions=CREATE))
    assert ("wildcard-granted", "critical") in found(report)


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


@pytest.mark.parametrize(
    ("document", "parameters", "rules"),
    [
        ("AWS-RunPatchBaselineWithHooks", INSTALL["parameters"], ["install-begins"]),
        ("AWS-RunPatchBaselineAssociation", INSTALL["parameters"], ["install-begins"]),
        (
            "arn:aws:ssm:eu-west-1::document/AWS-RunPatchBaseline",
            INSTALL["parameters"],
            ["install-begins"],
        ),
        ("AWS-ApplyPatchBaseline", {"Operation": "Install"}, ["install-begins", "reboot-begins"]),
        ("AWS-PatchAsgInstance", {}, ["install-begins", "reboot-begins"]),
        ("AWS-PatchInstanceWithRollback", {}, ["install-begins", "reboot-begins"]),
        ("AWS-InstallMissingWindowsUpdates", {}, ["install-begins", "reboot-begins"]),
        ("AWS-InstallWindowsUpdates", {"Action": "Install"}, ["install-begins", "reboot-begins"]),
        (
            "AWS-InstallWindowsUpdates",
            {"Action": "Install", "AllowReboot": "False"},
            ["install-begins"],
        ),
        ("AWS-RestartEC2Instance", {}, ["reboot-begins"]),
        ("AWS-TerminateEC2Instance", {}, ["reboot-begins"]),
    ],
)
def test_every_document_of_aws_that_patches_or_interrupts_is_known(
    document: str, parameters: Mapping[str, str], rules: list[str]
) -> None:
    made = {**INSTALL, "name": document, "parameters": parameters}
    report = report_of(resource(None, made, actions=CREATE))
    assert found(report) == [(rule, "critical") for rule in rules]


def without(name: str) -> dict[str, Any]:
    return {key: value for key, value in ALLOW.items() if key != name}


CHANGES: Sequence[tuple[Mapping[str, Any] | None, Mapping[str, Any] | None, bool, bool]] = [
    (ALLOW, {**ALLOW, "Action": "s3:*"}, True, False),
    ({**ALLOW, "Action": "s3:*"}, ALLOW, False, True),
    (ALLOW, {**ALLOW, "Resource": "arn:aws:s3:::*"}, True, False),
    (ALLOW, {**ALLOW, "Resource": "arn:aws:s3:::c/*"}, True, True),
    (ALLOW, {**ALLOW, "Action": ["s3:GetObject", "s3:PutObject"]}, True, False),
    (ALLOW, {**ALLOW, "Action": []}, False, True),
    (ALLOW, {**ALLOW, "Resource": ["arn:aws:s3:::b/*", "*"]}, True, False),
    (ALLOW, {key: ALLOW[key] for key in ALLOW if key != "Condition"}, True, False),
    (ALLOW, {**ALLOW, "Condition": {**ALLOW["Condition"], "Bool": {"a": "b"}}}, False, True),
    (ALLOW, {**ALLOW, "Effect": "Deny"}, False, True),
    (ALLOW, {**without("Action"), "NotAction": ["iam:*"]}, True, True),
    (ALLOW, {**without("Resource"), "NotResource": ["arn:aws:s3:::b/*"]}, True, True),
    ({**ALLOW, "Effect": "Deny"}, {**ALLOW, "Effect": "Deny", "Action": ["s3:*"]}, False, True),
    ({**ALLOW, "Effect": "Deny"}, None, True, False),
    (None, {**ALLOW, "Effect": "Deny"}, False, True),
    (None, ALLOW, True, False),
    (ALLOW, None, False, True),
    ({**ALLOW, "NotAction": ["a:b"]}, {**ALLOW, "NotAction": ["a:b", "c:d"]}, False, True),
]


@pytest.mark.parametrize(("before", "after", "widens", "narrows"), CHANGES)
def test_statements_widen_and_narrow(
    before: Mapping[str, Any] | None,
    after: Mapping[str, Any] | None,
    widens: bool,
    narrows: bool,
) -> None:
    old = statements(policy(*([before] if before else [])))
    new = statements(policy(*([after] if after else [])))
    assert old is not None
    assert new is not None
    (change,) = differences(old, new)
    assert (change.widens, change.narrows) == (widens, narrows)


@pytest.mark.parametrize(
    ("before", "after", "is_marked"),
    [
        ("s3:*", "*", True),
        ("s3:*", ["s3:*", "iam:*"], True),
        ("s3:GetObject", "s3:*", True),
        ("*", "s3:*", False),
        ("s3:*", ["s3:*", "iam:PassRole"], False),
    ],
)
def test_every_further_wildcard_is_marked(before: Any, after: Any, is_marked: bool) -> None:
    old, new = ({"policy": policy({**ALLOW, "Action": each})} for each in (before, after))
    report = report_of(resource(old, new, type_="aws_iam_policy"))
    assert ("wildcard-granted" in [rule for rule, _ in found(report)]) is is_marked


def test_an_exception_more_is_no_wildcard() -> None:
    old, new = (
        {"policy": policy({**without("Action"), "NotAction": each})}
        for each in (["iam:*"], ["iam:*", "s3:*"])
    )
    report = report_of(resource(old, new, type_="aws_iam_policy"))
    assert found(report) == [("permissions-narrowed", "notice")]


def test_a_step_that_changes_is_shown_line_by_line() -> None:
    old, new = (
        {
            "name": "Own",
            "content": json.dumps({"mainSteps": [{"name": "run", "inputs": {"runCommand": each}}]}),
        }
        for each in (["yum -y update"], ["yum -y update", "reboot"])
    )
    report = report_of(resource(old, new, type_="aws_ssm_document"))
    assert report.findings[0].detail[0] == "run.inputs.runCommand: + reboot"


def test_order_case_sids_and_one_or_many_make_no_difference() -> None:
    written: list[Mapping[str, Any]] = [
        {"Sid": "A", "Effect": "Allow", "Action": ["S3:GetObject"], "Resource": "*"},
        {"Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": "*"},
    ]
    same: list[Mapping[str, Any]] = [
        {"Effect": "Deny", "Principal": {"AWS": "*"}, "Action": ["s3:*"], "Resource": ["*"]},
        {"Sid": "B", "Effect": "Allow", "Action": "s3:getobject", "Resource": ["*"]},
    ]
    old, new = statements(policy(*written)), statements(policy(*same))
    assert old is not None
    assert new is not None
    assert differences(old, new) == ()


def test_an_update_of_the_provider_alone_runs_an_association_as_well() -> None:
    """hashicorp/aws sends UpdateAssociation for whatever changes but tags; seen with 5.100.0."""
    waits = {**SCAN, "wait_for_success_timeout_seconds": 60}
    assert ("runs-on-apply", "notice") in found(report_of(resource(SCAN, waits)))


def role_with(**inline: Any) -> dict[str, Any]:
    return {"name": "Nodes", "inline_policy": [{"name": "x", **inline}]}


def test_an_inline_policy_that_is_not_known_is_said_to_be_so() -> None:
    none = {"name": "Nodes", "inline_policy": []}
    report = report_of(
        resource(
            none,
            role_with(),
            type_="aws_iam_role",
            after_unknown={"inline_policy": [{"policy": True}]},
        )
    )
    assert found(report) == [("permissions-unknown", "warning")]
    assert "inline policy x" in report.findings[0].message


def test_an_inline_policy_that_mirrors_another_resource_is_computed() -> None:
    role = role_with(policy=policy(ALLOW))
    gone = resource(role, None, type_="aws_iam_role", actions=DELETE)
    new = resource(
        None,
        {"name": "Nodes"},
        type_="aws_iam_role",
        actions=CREATE,
        after_unknown={"inline_policy": True},
    )
    assert found(report_of(gone)) == [("resource-destroyed", "notice")]
    assert found(report_of(new)) == []


def test_a_policy_of_many_roles_is_attached_to_each_that_is_new() -> None:
    arn = "arn:aws:iam::aws:policy/AdministratorAccess"
    before = {"name": "all", "roles": ["Old", "Gone"], "policy_arn": arn}
    after = {"name": "all", "roles": ["Old", "New"], "policy_arn": arn}
    report = report_of(resource(before, after, type_="aws_iam_policy_attachment"))
    assert [(each.rule, each.message) for each in report.findings] == [
        ("policy-attached", "AdministratorAccess is attached to New."),
        ("policy-detached", "AdministratorAccess is detached from Gone."),
    ]


def test_a_document_of_another_region_starts_nothing_here() -> None:
    """The documents of a policy have the same names in every region."""
    text = {"name": "AWS-Own", "content": "{}", "document_type": "Command"}
    arn = "arn:aws:ssm:{}:123456789012:{}/it"
    changed = resource(
        {**text, "arn": arn.format("us-east-1", "document")},
        {**text, "content": "[]", "arn": arn.format("us-east-1", "document")},
        type_="aws_ssm_document",
    )
    runs = [
        at(
            f"aws_ssm_association.{region}",
            resource(
                {**SCAN, "name": "AWS-Own", "arn": arn.format(region, "association")},
                {**SCAN, "name": "AWS-Own", "arn": arn.format(region, "association")},
                actions=("no-op",),
            ),
        )
        for region in ("us-east-1", "eu-west-1")
    ]
    report = report_of(changed, *runs)
    assert [each.address for each in report.running] == ["aws_ssm_association.us-east-1"]


def test_a_sensitive_document_is_known_to_change() -> None:
    one, two = ({"name": "Own", "content": content} for content in ("a", "b"))
    report = report_of(
        resource(
            one,
            two,
            type_="aws_ssm_document",
            before_sensitive={"content": True},
            after_sensitive={"content": True},
        )
    )
    assert found(report) == [("document-changed", "warning")]
    assert "may change" not in report.findings[0].message


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
