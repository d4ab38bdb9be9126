"""A review becomes outcomes that HCP Terraform takes and a reader understands."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from modules.review.report import Finding, Report, Severity
from modules.run_task import markdown
from modules.run_task.outcomes import result_of
from modules.run_task.result import Status, callback_body

SCHEMA = Path(__file__).parents[2] / "hcp" / "callback.schema.json"
VALIDATOR = Draft202012Validator(json.loads(SCHEMA.read_text(encoding="utf-8")))


def finding(severity: Severity = Severity.WARNING, **other: Any) -> Finding:
    values = {
        "rule": "targets-widened",
        "subject": "aws_ssm_association.scan",
        "name": "AWS-QuickSetup-Scan",
        "message": "Reaches more nodes.",
    }
    return Finding(severity=severity, **values | other)


def report(*findings: Finding) -> Report:
    return Report(
        source="plan",
        zone="UTC",
        start=datetime(2026, 1, 1, tzinfo=UTC),
        terraform_version="1.11.4",
        counts={"update": 1},
        policies=("web",),
        findings=findings,
        associations=(),
        permissions=(),
        changes=(),
        cosmetic=None,
        calendar=(),
    )


def outcomes(*findings: Finding, fail_on: str = "critical") -> list[Any]:
    return list(result_of(report(*findings), fail_on).outcomes)


def test_there_is_an_outcome_for_each_finding_worst_first_and_the_allowed_ones_last() -> None:
    found = outcomes(
        finding(Severity.INFO),
        finding(Severity.CRITICAL, allowed="agreed"),
        finding(Severity.WARNING),
        finding(Severity.CRITICAL, rule="install-begins"),
    )
    severities = [each["tags"]["Severity"][0]["label"] for each in found]
    assert severities == ["Critical", "Warning", "Info", "Critical"]
    assert [each["tags"]["Severity"][0]["level"] for each in found] == [
        "error", "warning", "none", "error",
    ]  # fmt: skip
    assert [each["tags"]["Status"][0]["label"] for each in found] == [
        "Fails the task", "Noted", "Noted", "Allowed",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("fail_on", "status"),
    [("critical", "passed"), ("warning", "failed"), ("info", "failed"), ("never", "passed")],
)
def test_the_level_decides(fail_on: str, status: str) -> None:
    assert result_of(report(finding(Severity.WARNING)), fail_on).status == Status(status)


def test_an_allowed_finding_fails_nothing() -> None:
    allowed = report(finding(Severity.CRITICAL, allowed="agreed"))
    assert result_of(allowed, "info").status is Status.PASSED


def test_more_findings_than_are_taken_end_in_one_that_counts_the_rest() -> None:
    assert len(outcomes(*[finding()] * 250)) == 250
    many = outcomes(*[finding()] * 249, finding(Severity.CRITICAL), *[finding(Severity.INFO)] * 50)
    assert len(many) == 250
    assert many[0]["tags"]["Severity"][0]["label"] == "Critical"
    assert many[-1]["description"] == "51 more findings, none worse than warning"


def test_a_long_body_is_cut_between_lines() -> None:
    (one,) = outcomes(finding(detail=tuple(f"line {number}" for number in range(2000))))
    head, _, notice = one["body"].rpartition("\n\n")
    assert len(one["body"]) <= 10_000
    assert head.splitlines()[-1].startswith("- line ")
    assert notice.startswith("More than HCP Terraform shows")


def test_what_a_plan_says_is_no_markup() -> None:
    name = "x`y](https://evil.example)<img src=x>\n# heading\u202e"
    (one,) = outcomes(finding(name=name, message=name, subject=name, detail=("- a", "1. b")))
    assert "\n#" not in one["body"]
    assert "\u202e" not in json.dumps(one, ensure_ascii=False)
    assert r"x\`y\]\(https://evil.example\)\<img src=x\> \# heading" in one["body"]
    assert "- \\- a\n- 1\\. b" in one["body"]
    assert "\n" not in one["description"]


@given(st.text(max_size=60))
def test_code_holds_any_text(text: str) -> None:
    fenced = markdown.code(text)
    fence = fenced[: len(fenced) - len(fenced.lstrip("`"))] if text.strip("`") else ""
    assert markdown.line(text) in fenced
    assert not fence or fenced.endswith(fence)


@given(
    st.lists(
        st.builds(
            finding,
            st.sampled_from(Severity),
            name=st.text(max_size=2000),
            subject=st.text(max_size=300),
            message=st.text(min_size=1, max_size=3000),
            policy=st.none() | st.text(max_size=256),
            allowed=st.none() | st.text(max_size=50),
            detail=st.lists(st.text(max_size=12_000), max_size=3).map(tuple),
        ),
        max_size=4,
    )
)
def test_whatever_is_found_fits_the_schema(findings: list[Finding]) -> None:
    result = result_of(report(*findings), "warning")
    VALIDATOR.validate(callback_body(result, with_outcomes=True))
