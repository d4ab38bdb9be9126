"""checkov finds nothing in the HCL of a dozen policies but what is accepted with a reason."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

import pytest
import yaml

from modules.plain.topics import places
from tests.synth.apps import ROOT, synthesize, varied_policies, write_app

CHECKOV = ROOT / ".tools" / "checkov" / "bin" / "checkov"
EXCEPTIONS: dict[str, dict[str, str]] = yaml.safe_load(
    (Path(__file__).parent / "checkov_exceptions.yaml").read_text(encoding="utf-8")
)


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    app = write_app(tmp_path_factory.mktemp("checkov") / "app", varied_policies())
    return scan(synthesize(app, hcl=True) / "stacks")


@pytest.fixture(scope="module")
def plain_report(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """Of what `patch-policy generate` makes of the same policies."""
    folder = tmp_path_factory.mktemp("plain")
    app = write_app(folder / "app", varied_policies())
    command = [sys.executable, "-m", "modules.cli", "generate", str(app / "policies")]
    subprocess.run([*command, "--output", str(folder / "modules")], cwd=ROOT, check=True)
    return scan(folder / "modules")


def scan(folder: Path) -> dict[str, Any]:
    assert CHECKOV.exists(), "checkov is not there: make install-scanners"
    command = [str(CHECKOV), "--directory", ".", "--framework", "terraform", "--skip-download"]
    run = subprocess.run(
        [*command, "--output", "json", "--compact", "--quiet"],
        cwd=folder,
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


def test_plain_terraform_has_the_same_findings(plain_report: dict[str, Any]) -> None:
    """By the addresses of the stacks, for which the exceptions are."""
    assert plain_report["summary"]["parsing_errors"] == 0
    assert plain_report["summary"]["resource_count"] > 300
    drawn = {place.address: address for address, place in places().items()}
    unexpected = {
        (check, resource)
        for check, resource in findings(plain_report)
        for address in [drawn[re.sub(r"^module\.\w+\.|\[0\]$", "", resource)]]
        if not any(fnmatchcase(address, pattern) for pattern in EXCEPTIONS.get(check, {}))
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
