"""The labelled plans are what Terraform and the real provider plan today."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from modules.cli import main
from modules.review.plan import build_plan
from modules.review.review import review
from tests.terraform.review.module_plans import Module, plan_modules
from tests.terraform.review.plans import load_cases, trimmed
from tests.terraform.review.terraform_runs import embedded_aws
from tests.unit.review import labelled

CASES = ("reboots-begin", "somebody-deleted-install", "an-import-that-changes-something")


def test_the_real_provider_plans_what_the_labelled_plans_say(tmp_path: Path) -> None:
    cases = {name: load_cases()[name] for name in CASES}
    with embedded_aws() as aws:
        plans = dict(plan_modules(cases, tmp_path, aws))
    assert plans.keys() == cases.keys()
    for name, plan in plans.items():
        for form in (plan, trimmed(plan)):
            report = review(build_plan(form), labelled.CLOCK, name, {})
            listed = [f"{e.rule} {e.severity} {e.subject}".rstrip() for e in report.findings]
            assert sorted(listed) == labelled.expected(name), name


def test_a_plan_file_is_reviewed_as_its_json_is(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with embedded_aws() as aws:
        module = Module(tmp_path / "plan", None, aws)
        shown = module.plan({"after": {"policies": {"a1b2c": {}}}})
        as_json = tmp_path / "plan.json"
        as_json.write_text(json.dumps(shown), encoding="utf-8")
        start = ["--from", "2026-11-24T12:00", "--format", "json"]
        assert main(["review", str(module.folder / "plan"), *start]) == 0
        from_file = json.loads(capsys.readouterr().out)
    assert main(["review", str(as_json), *start]) == 0
    from_json = json.loads(capsys.readouterr().out)
    assert from_file | {"source": ""} == from_json | {"source": ""}
    assert len(from_json["findings"]) == 8
