"""IAM's decisions, by the examples of the IAM User Guide's pages on policy evaluation."""

from __future__ import annotations

from typing import Any

import pytest

from modules.local_aws.policy_conditions import UnknownOperatorError
from modules.local_aws.policy_evaluation import (
    Caller,
    Policy,
    Request,
    Verdict,
    evaluate,
    is_allowed,
)
from modules.local_aws.policy_matching import context_of

ROLE = "arn:aws:iam::123456789012:role/Reader"
SESSION = "arn:aws:sts::123456789012:assumed-role/Reader/me"
READER = Caller(arns=(SESSION, ROLE), account="123456789012")
OBJECT = "arn:aws:s3:::bucket/key"


def policy(*statements: dict[str, Any], version: str = "2012-10-17") -> Policy:
    """A policy document."""
    return {"Version": version, "Statement": list(statements)}


def statement(effect: str = "Allow", **elements: Any) -> dict[str, Any]:
    """A statement on reading objects, with further elements or other ones."""
    return {"Effect": effect, "Action": "s3:GetObject", "Resource": "*", **elements}


def request(
    action: str = "s3:GetObject", resource: str = OBJECT, caller: Caller = READER, **keys: Any
) -> Request:
    """A request; a key `aws__PrincipalTag` stands for `aws:PrincipalTag`."""
    context = {key.replace("__", ":"): value for key, value in keys.items()}
    return Request(caller=caller, action=action, resource=resource, context=context_of(context))


def when(**conditions: Any) -> dict[str, Any]:
    """A statement with conditions."""
    return statement(Condition=conditions)


@pytest.mark.parametrize(
    ("elements", "expected"),
    [
        ({}, Verdict.ALLOW),
        ({"Effect": "Deny"}, Verdict.DENY),
        ({"Action": "s3:Get*"}, Verdict.ALLOW),
        ({"Action": ["s3:PutObject", "S3:GETOBJECT"]}, Verdict.ALLOW),
        ({"Action": "*"}, Verdict.ALLOW),
        ({"Action": "s3:GetObjectVersion"}, Verdict.NOTHING),
        ({"Action": "s3:GetObjec?"}, Verdict.ALLOW),
        ({"Resource": "arn:aws:s3:::bucket/*"}, Verdict.ALLOW),
        ({"Resource": ["arn:aws:s3:::other/*", "arn:aws:s3:::bucket/k?y"]}, Verdict.ALLOW),
        ({"Resource": "arn:aws:s3:::bucket"}, Verdict.NOTHING),
        ({"Resource": "arn:aws:s3:::BUCKET/key"}, Verdict.NOTHING),
        ({"Resource": "arn:aws:s3:::bucket/[a-z]*"}, Verdict.NOTHING),
    ],
)
def test_effect_action_and_resource(elements: dict[str, Any], expected: Verdict) -> None:
    assert evaluate(policy(statement(**elements)), request()) is expected


def test_not_action_and_not_resource_cover_all_others() -> None:
    others = {"Effect": "Deny", "NotAction": "s3:Put*", "NotResource": "arn:aws:s3:::bucket/open"}
    assert evaluate(policy(others), request()) is Verdict.DENY
    assert evaluate(policy(others), request(action="s3:PutObject")) is Verdict.NOTHING
    assert evaluate(policy(others), request(resource="arn:aws:s3:::bucket/open")) is Verdict.NOTHING


def test_a_single_statement_needs_no_list() -> None:
    assert evaluate({"Statement": statement()}, request()) is Verdict.ALLOW


@pytest.mark.parametrize(
    ("principal", "expected"),
    [
        ("*", Verdict.ALLOW),
        ({"AWS": "*"}, Verdict.ALLOW),
        ({"AWS": ROLE}, Verdict.ALLOW),
        ({"AWS": [SESSION, "arn:aws:iam::999988887777:root"]}, Verdict.ALLOW),
        ({"AWS": "123456789012"}, Verdict.DELEGATE),
        ({"AWS": "arn:aws:iam::123456789012:root"}, Verdict.DELEGATE),
        ({"AWS": "999988887777"}, Verdict.NOTHING),
        ({"AWS": "arn:aws:iam::123456789012:role/*"}, Verdict.NOTHING),
        ({"Service": "ssm.amazonaws.com"}, Verdict.NOTHING),
    ],
)
def test_principals(principal: Any, expected: Verdict) -> None:
    assert evaluate(policy(statement(Principal=principal)), request()) is expected


def test_a_deny_to_an_account_reaches_all_of_it() -> None:
    denied = policy(statement("Deny", Principal={"AWS": "123456789012"}))
    assert evaluate(denied, request()) is Verdict.DENY


def test_a_deny_to_everyone_but_some_spares_those() -> None:
    denied = policy(statement("Deny", NotPrincipal={"AWS": ROLE}))
    assert evaluate(denied, request()) is Verdict.NOTHING
    assert evaluate(denied, request(caller=Caller(account="999988887777"))) is Verdict.DENY


def test_a_service_is_not_in_any_account() -> None:
    service = request(caller=Caller(service="logging.s3.amazonaws.com"))
    named = policy(statement(Principal={"Service": "logging.s3.amazonaws.com"}))
    assert evaluate(named, service) is Verdict.ALLOW
    assert evaluate(policy(statement(Principal={"AWS": "123456789012"})), service) is (
        Verdict.NOTHING
    )


@pytest.mark.parametrize(
    ("conditions", "keys", "holds"),
    [
        ({"StringEquals": {"aws:x": "a"}}, {"aws__x": "a"}, True),
        ({"StringEquals": {"AWS:X": ["b", "a"]}}, {"aws__x": "a"}, True),
        ({"StringEquals": {"aws:x": "a*"}}, {"aws__x": "ab"}, False),
        ({"StringEquals": {"aws:x": "A"}}, {"aws__x": "a"}, False),
        ({"StringEqualsIgnoreCase": {"aws:x": "A"}}, {"aws__x": "a"}, True),
        ({"StringEquals": {"aws:x": "a"}}, {}, False),
        ({"StringEqualsIfExists": {"aws:x": "a"}}, {}, True),
        ({"StringEqualsIfExists": {"aws:x": "a"}}, {"aws__x": "b"}, False),
        ({"StringNotEquals": {"aws:x": ["a", "b"]}}, {"aws__x": "b"}, False),
        ({"StringNotEquals": {"aws:x": ["a", "b"]}}, {"aws__x": "c"}, True),
        ({"StringNotEquals": {"aws:x": "a"}}, {}, True),
        ({"StringLike": {"aws:x": "a*"}}, {"aws__x": "ab"}, True),
        ({"StringNotLike": {"aws:x": "a*"}}, {"aws__x": "ab"}, False),
        ({"Bool": {"aws:x": "false"}}, {"aws__x": "true"}, False),
        ({"Bool": {"aws:x": True}}, {"aws__x": "true"}, True),
        ({"Null": {"aws:x": "true"}}, {}, True),
        ({"Null": {"aws:x": True}}, {"aws__x": "a"}, False),
        ({"Null": {"aws:x": "false"}}, {"aws__x": "a"}, True),
        ({"ArnLike": {"aws:x": "arn:aws:s3:::b*"}}, {"aws__x": "arn:aws:s3:::bucket"}, True),
        ({"ArnEquals": {"aws:x": "arn:aws:s3:::b*"}}, {"aws__x": "arn:aws:s3:::bucket"}, True),
        ({"ArnLike": {"aws:x": "arn:*:x"}}, {"aws__x": "arn:aws:s3:::x"}, False),
        ({"ArnNotLike": {"aws:x": "arn:aws:s3:::b*"}}, {"aws__x": "arn:aws:s3:::c"}, True),
        ({"StringEquals": {"aws:x": "a", "aws:y": "b"}}, {"aws__x": "a", "aws__y": "c"}, False),
        ({"ForAnyValue:StringLike": {"aws:x": "o/*/ou/*"}}, {"aws__x": ("o/r/ou/", "z")}, True),
        ({"ForAnyValue:StringLike": {"aws:x": "o/*"}}, {}, False),
        ({"ForAllValues:StringEquals": {"aws:x": ["a", "b"]}}, {"aws__x": ("a", "b")}, True),
        ({"ForAllValues:StringEquals": {"aws:x": ["a"]}}, {"aws__x": ("a", "b")}, False),
        ({"ForAllValues:StringEquals": {"aws:x": ["a"]}}, {}, True),
        ({"ForAnyValue:StringNotEquals": {"aws:x": "a"}}, {"aws__x": ("a", "b")}, True),
        ({"ForAllValues:StringNotEquals": {"aws:x": "a"}}, {"aws__x": ("a", "b")}, False),
        ({"ForAnyValue:StringNotEquals": {"aws:x": "a"}}, {}, False),
    ],
)
def test_conditions(conditions: dict[str, Any], keys: dict[str, Any], *, holds: bool) -> None:
    expected = Verdict.ALLOW if holds else Verdict.NOTHING
    assert evaluate(policy(when(**conditions)), request(**keys)) is expected


@pytest.mark.parametrize("operator", ["StringMatches", "ForEach:StringEquals", "NullIfExists"])
def test_an_unknown_operator_is_an_error_and_never_skipped(operator: str) -> None:
    with pytest.raises(UnknownOperatorError, match=operator):
        evaluate(policy(when(**{operator: {"aws:x": "a"}})), request())


def test_policy_variables_take_their_value_from_the_request() -> None:
    same = policy(when(StringEquals={"aws:x": "${aws:y}"}))
    assert evaluate(same, request(aws__x="a", aws__y="a")) is Verdict.ALLOW
    assert evaluate(same, request(aws__x="a", aws__y="b")) is Verdict.NOTHING
    assert evaluate(same, request(aws__x="a")) is Verdict.NOTHING


def test_a_variable_in_a_resource_is_no_wildcard() -> None:
    own = policy(statement(Resource="arn:aws:s3:::bucket/${aws:userid}/*"))
    mine, other = "arn:aws:s3:::bucket/me/x", "arn:aws:s3:::bucket/you/x"
    assert evaluate(own, request(resource=mine, aws__userid="me")) is Verdict.ALLOW
    assert evaluate(own, request(resource=other, aws__userid="*")) is Verdict.NOTHING


def test_a_variable_may_have_a_default_and_stand_for_a_wildcard_sign() -> None:
    default = policy(when(StringEquals={"aws:x": "${aws:y, 'none'}"}))
    star = policy(statement(Resource="arn:aws:s3:::bucket/${*}"))
    assert evaluate(default, request(aws__x="none")) is Verdict.ALLOW
    assert evaluate(star, request()) is Verdict.NOTHING
    assert evaluate(star, request(resource="arn:aws:s3:::bucket/*")) is Verdict.ALLOW


def test_older_policies_have_no_variables() -> None:
    old = policy(when(StringEquals={"aws:x": "${aws:y}"}), version="2008-10-17")
    assert evaluate(old, request(aws__x="a", aws__y="a")) is Verdict.NOTHING
    assert evaluate(old, request(aws__x="${aws:y}")) is Verdict.ALLOW


ALLOW = policy(statement())
DENY = policy(statement("Deny"))
NAMED = policy(statement(Principal={"AWS": ROLE}))
ACCOUNT = policy(statement(Principal={"AWS": "123456789012"}))
DENY_ALL = policy(statement("Deny", Principal="*"))


@pytest.mark.parametrize(
    ("identity", "resource", "within", "across"),
    [
        ([], None, False, False),
        ([ALLOW], None, True, False),
        ([], NAMED, True, False),
        ([], ACCOUNT, False, False),
        ([ALLOW], NAMED, True, True),
        ([ALLOW], ACCOUNT, True, True),
        ([ALLOW, DENY], NAMED, False, False),
        ([ALLOW], DENY_ALL, False, False),
    ],
)
def test_who_has_to_allow_within_and_across_accounts(
    identity: list[Policy], resource: Policy | None, *, within: bool, across: bool
) -> None:
    answers = [
        is_allowed(
            request(),
            identity_policies=identity,
            resource_policy=resource,
            same_account=same_account,
        )
        for same_account in (True, False)
    ]
    assert answers == [within, across]


EVERYONE = policy(statement(Principal="*"))
ITSELF = policy(statement(Principal={"AWS": SESSION}))
PUTTING = policy(statement(Action="s3:PutObject"))


@pytest.mark.parametrize(
    ("identity", "boundary", "resource", "within", "across"),
    [
        ([ALLOW], ALLOW, None, True, False),
        ([], ALLOW, None, False, False),  # a boundary gives no permissions
        ([ALLOW], PUTTING, None, False, False),
        ([ALLOW], policy(), None, False, False),
        ([ALLOW], policy(statement(), DENY["Statement"][0]), NAMED, False, False),
        ([ALLOW], ALLOW, NAMED, True, True),
        ([ALLOW], PUTTING, NAMED, False, False),  # the role's ARN is under the boundary
        ([ALLOW], PUTTING, ACCOUNT, False, False),
        ([], PUTTING, ITSELF, True, False),  # its session's is not
        ([], PUTTING, EVERYONE, True, False),
    ],
)
def test_a_boundary_limits_what_a_role_may_do(
    identity: list[Policy], boundary: Policy, resource: Policy | None, *, within: bool, across: bool
) -> None:
    """Source: "Permissions boundaries for IAM entities", resource-based policies and roles."""
    answers = [
        is_allowed(
            request(),
            identity_policies=identity,
            boundary=boundary,
            resource_policy=resource,
            same_account=same_account,
        )
        for same_account in (True, False)
    ]
    assert answers == [within, across]
