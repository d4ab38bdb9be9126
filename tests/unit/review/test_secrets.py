"""Sensitive values are printed nowhere; unknown ones are said to be unknown."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from modules.review.render import html, json_format, markdown, text
from modules.review.report import Report
from tests.unit.review.labelled import cases
from tests.unit.review.labelled import report_of as labelled_report
from tests.unit.review.plans_by_hand import SCAN, report_of, resource

SECRET = "s3cr3t-canary"
Renderer = Callable[[Report], str]
RENDERERS: dict[str, Renderer] = {
    "text": lambda report: text.render(report, text.Screen(width=100, colour=True)),
    "markdown": markdown.render,
    "html": html.render,
    "json": json_format.render,
}


@pytest.fixture(params=RENDERERS)
def render(request: pytest.FixtureRequest) -> Renderer:
    return RENDERERS[request.param]


@pytest.mark.parametrize(
    ("value", "mask"),
    [
        (
            {"parameters": {"Operation": "Scan", "BaselineOverride": SECRET}},
            {"parameters": {"BaselineOverride": True}},
        ),
        ({"parameters": {"Operation": "Scan", "BaselineOverride": SECRET}}, {"parameters": True}),
        ({"targets": [{"key": "tag:Env", "values": [SECRET]}]}, {"targets": [{"values": [True]}]}),
        ({"targets": [{"key": "tag:Env", "values": [SECRET]}]}, {"targets": [{"values": True}]}),
        ({"targets": [{"key": "tag:Env", "values": [SECRET]}]}, {"targets": True}),
        ({"schedule_expression": SECRET}, {"schedule_expression": True}),
        ({"max_concurrency": SECRET}, {"max_concurrency": True}),
        ({"name": SECRET}, {"name": True}),
        ({"association_name": SECRET}, {"association_name": True}),
        (
            {"output_location": [{"s3_bucket_name": SECRET}]},
            {"output_location": [{"s3_bucket_name": True}]},
        ),
        ({"parameters": SECRET}, {"parameters": {"inner": True}}),
        ({"name": SECRET}, True),
    ],
)
def test_a_sensitive_value_is_never_printed(value: Any, mask: Any, render: Renderer) -> None:
    hidden = {**SCAN, **value}
    for report in (
        report_of(resource(None, hidden, actions=("create",), after_sensitive=mask)),
        report_of(resource(hidden, SCAN, before_sensitive=mask)),
        report_of(resource(SCAN, hidden, after_sensitive=mask)),
        report_of(resource(hidden, None, actions=("delete",), before_sensitive=mask)),
    ):
        assert SECRET not in render(report)


def test_a_sensitive_policy_is_not_taken_apart(render: Renderer) -> None:
    policy = f'{{"Statement":[{{"Effect":"Allow","Action":"s3:*","Resource":"{SECRET}"}}]}}'
    report = report_of(
        resource(
            {"policy": policy},
            None,
            type_="aws_iam_policy",
            actions=("delete",),
            before_sensitive={"policy": True},
        ),
        resource(
            {"content": "a"},
            {"content": SECRET},
            type_="aws_ssm_document",
            after_sensitive={"content": True},
        ),
    )
    assert SECRET not in render(report)
    assert "sensitive, not shown" in render(report)


def test_no_labelled_plan_lets_a_secret_out(render: Renderer) -> None:
    """Two of the plans hold the name of a bucket that their configuration calls sensitive."""
    with_secret = [name for name in cases() if "sensitive" in name]
    assert len(with_secret) == 2
    for name in with_secret:
        assert "hidden-secret-bucket" not in render(labelled_report(name))


def test_whether_a_sensitive_value_changed_is_known() -> None:
    mask = {"parameters": {"BaselineOverride": True}}
    secret = {**SCAN, "parameters": {"Operation": "Scan", "BaselineOverride": SECRET}}
    same = report_of(
        resource(secret, secret, actions=("no-op",), before_sensitive=mask, after_sensitive=mask)
    )
    assert [each.changes for each in same.associations] == [()]
    other = {**SCAN, "parameters": {"Operation": "Scan", "BaselineOverride": "other"}}
    changed = report_of(resource(secret, other, before_sensitive=mask, after_sensitive=mask))
    shown = "BaselineOverride: sensitive, not shown -> sensitive, not shown"
    assert [each.changes for each in changed.associations] == [(shown,)]


@pytest.mark.parametrize(
    "unknown",
    [
        {"schedule_expression": True},
        {"targets": [{"values": [True]}]},
        {"targets": True},
        {"parameters": {"Operation": True}},
        {"parameters": True},
        {"apply_only_at_cron_interval": True},
    ],
)
def test_an_unknown_value_is_said_to_be_unknown(unknown: Any, render: Renderer) -> None:
    report = report_of(resource(SCAN, {**SCAN, **dict.fromkeys(unknown)}, after_unknown=unknown))
    assert "unknown-until-apply" in [each.rule for each in report.findings]
    assert "not known until apply" in render(report)


def test_what_a_provider_makes_of_a_sensitive_variable_is_not_printed_either(
    render: Renderer,
) -> None:
    """Terraform does not mark the JSON of a data source that a sensitive value went into."""
    policy = f'{{"Statement":[{{"Effect":"Allow","Action":"s3:*","Resource":"{SECRET}"}}]}}'
    report = report_of(
        resource(
            None, {"name": "p", "policy": policy}, type_="aws_iam_policy", actions=("create",)
        ),
        variables={"s": {"value": {"inner": [SECRET]}}},
        configuration={"root_module": {"variables": {"s": {"sensitive": True}}}},
    )
    printed = render(report)
    assert SECRET not in printed
    assert "sensitive" in printed


def test_a_region_that_is_sensitive_is_not_taken_from_the_variables(render: Renderer) -> None:
    configuration = {
        "provider_config": {"aws": {"expressions": {"region": {"references": ["var.s"]}}}},
        "root_module": {
            "variables": {"s": {"sensitive": True}},
            "resources": [{"address": "aws_ssm_association.it", "provider_config_key": "aws"}],
        },
    }
    report = report_of(
        resource(SCAN, None, actions=("delete",)),
        variables={"s": {"value": "xx-hid-1"}},
        configuration=configuration,
    )
    assert "xx-hid-1" not in render(report)
