"""What rules find in policies and on roles, for what the labelled plans do not have."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pytest

from modules.review.model.policy_difference import differences
from modules.review.model.policy_document import statements
from tests.unit.review.plans_by_hand import CREATE, DELETE, found, policy, report_of, resource

ALLOW: Mapping[str, Any] = {
    "Sid": "A",
    "Effect": "Allow",
    "Action": ["s3:GetObject"],
    "Resource": ["arn:aws:s3:::b/*"],
    "Condition": {"StringEquals": {"aws:SourceAccount": ["1"]}},
}


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
