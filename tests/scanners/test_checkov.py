"""checkov finds nothing in the HCL of a dozen policies but what is accepted with a reason."""

from __future__ import annotations

import json
import subprocess
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.synth.apps import ROOT, synthesize, varied_policies, write_app

CHECKOV = ROOT / ".tools" / "checkov" / "bin" / "checkov"
EXCEPTIONS: dict[str, dict[str, str]] = yaml.safe_load(
    (Path(__file__).parent / "checkov_exceptions.yaml").read_text(encoding="utf-8")
)


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    assert CHECKOV.exists(), "checkov is not there: make install-scanners"
    output = synthesize(
        write_app(tmp_path_factory.mktemp("checkov") / "app", varied_policies()), hcl=True
    )
    command = [str(CHECKOV), "--directory", "stacks", "--framework", "terraform", "--skip-download"]
    run = subprocess.run(
        [*command, "--output", "json", "--compact", "--quiet"],
        cwd=output,
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    found: dict[str, Any] = json.loads(run.stdout)
    return found


def findings(report: dict[str, Any]) -> set[tuple[str, str]]:
    return {(each["check_id"], each["resource"]) for each in report["results"]["failed_checks"]}


def test_checkov_could_read_everything(report: dict[str, Any]) -> None:
    """It reports no findings where it cannot parse (bridgecrewio/checkov#7454)."""
    summary = report["summary"]
    assert summary["parsing_errors"] == 0
    assert summary["passed"] > 500
    assert summary["resource_count"] > 300


def test_every_finding_is_accepted_with_a_reason(report: dict[str, Any]) -> None:
    unexpected = {
        (check, resource)
        for check, resource in findings(report)
        if not any(fnmatchcase(resource, pattern) for pattern in EXCEPTIONS.get(check, {}))
    }
    assert unexpected == set()


def test_every_exception_is_needed(report: dict[str, Any]) -> None:
    unused = {
        (check, pattern)
        for check, patterns in EXCEPTIONS.items()
        for pattern in patterns
        if not any(
            check == found and fnmatchcase(resource, pattern)
            for found, resource in findings(report)
        )
    }
    assert unused == set()
