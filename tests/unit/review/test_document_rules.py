"""What rules find in documents, for what the labelled plans do not have."""

from __future__ import annotations

import json
from collections.abc import Mapping

import pytest

from modules.review.report import RunsOnApply
from tests.unit.review.plans_by_hand import (
    CREATE,
    INSTALL,
    SCAN,
    at,
    found,
    report_of,
    resource,
)


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
