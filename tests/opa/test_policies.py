"""The Rego policies decide as the reviewer does, on every labelled plan."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from regopy import Interpreter

from modules.review.report import Report, Severity
from tests.unit.review.labelled import plan_bytes, report_of

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "opa"
PLANS = ROOT / "tests" / "unit" / "review" / "plans"
WIDENING = ("targets-widened", "targets-changed")


def subjects(*rules: str) -> Callable[[Report], set[str]]:
    """The addresses of these rules' findings, without those of maintenance windows."""
    return lambda report: {
        each.subject
        for each in report.findings
        if each.rule in rules and "aws_ssm_maintenance_window" not in each.subject
    }


def installing(report: Report) -> set[str]:
    """Where installing begins, or an association that installs reaches others."""
    widened = {
        each.subject
        for each in report.findings
        if each.rule in WIDENING and each.severity is Severity.CRITICAL
    }
    return widened | subjects("install-begins")(report)


def replaced(report: Report) -> set[str]:
    """What Terraform replaces, and associations that are destroyed here and created there."""
    changes = {each.address for each in report.changes if each.action == "replace"}
    return changes | subjects("history-lost")(report)


VERDICTS: Mapping[str, Callable[[Report], set[str]]] = {
    "runs_on_apply": subjects("runs-on-apply"),
    "install": installing,
    "reboot": subjects("reboot-begins"),
    "wildcard": subjects("wildcard-granted"),
    "replacement": replaced,
}
CASES = sorted(file.name.partition(".")[0] for file in PLANS.glob("*.json.xz"))


@cache
def interpreter() -> Any:
    engine = Interpreter()  # type: ignore[no-untyped-call] # no types
    for file in sorted(FOLDER.glob("*.rego")):
        engine.add_module(file.name, file.read_text(encoding="utf-8"))
    return engine


def verdicts(document: Any) -> dict[str, set[str]]:
    """The addresses that each policy names; its messages begin with them.

    The interpreter leaves quotes in its output as they are, and keeps those of its input escaped:
    hence base64.
    """
    engine = interpreter()
    engine.set_input({"plan": document, "run": {"workspace": {"name": "web"}}})
    parts = (
        f'"{policy}": [base64.encode(each) | some each in data.patch_policy.{policy}.deny]'
        for policy in VERDICTS
    )
    (denied,) = engine.query(f"{{{', '.join(parts)}}}").results[0].expressions
    return {policy: {address(each) for each in said} for policy, said in denied.items()}


def address(encoded: str) -> str:
    message = base64.b64decode(encoded).decode().replace('\\"', '"')
    return message.partition(": ")[0]


@pytest.mark.parametrize("name", CASES)
def test_policies_and_reviewer_agree(name: str) -> None:
    document = json.loads(plan_bytes(name))
    document = document.get("plan", document)
    expected = {policy: expect(report_of(name)) for policy, expect in VERDICTS.items()}
    assert verdicts(document) == expected


@pytest.mark.parametrize("policy", VERDICTS)
def test_every_policy_denies_something_and_passes_something(policy: str) -> None:
    """Else the agreement above would say nothing."""
    assert {bool(VERDICTS[policy](report_of(name))) for name in CASES} == {True, False}


def test_the_set_lists_five_policies_with_queries_that_are_there() -> None:
    """Five are what HCP Terraform's free edition takes."""
    text = (FOLDER / "policies.hcl").read_text(encoding="utf-8")
    assert re.findall(r'query\s+= "data\.patch_policy\.(\w+)\.deny"', text) == list(VERDICTS)
    assert len(re.findall(r'enforcement_level = "(?:advisory|mandatory)"', text)) == 5
    for policy in VERDICTS:
        assert f"package patch_policy.{policy}\n" in (FOLDER / f"{policy}.rego").read_text("utf-8")
