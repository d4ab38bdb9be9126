"""Terraform itself reads both formats, and reads the same in them."""

from __future__ import annotations

import base64
import hashlib
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from modules.terraform_cli import find_terraform, terraform_environment
from tests.support.every_type import NAME
from tests.support.expression_values import NASTY, SCRIPT

PROJECT = Path(__file__).parents[3]
FORMATS = ["json", "hcl"]


def _synthesize(module: str, work: Path, format_: str, *arguments: str) -> None:
    environment = {
        **os.environ,
        "PYTHONPATH": str(PROJECT),
        "SYNTH_HCL_OUTPUT": "true" if format_ == "hcl" else "false",
    }
    subprocess.run(
        [sys.executable, "-m", module, *arguments], cwd=work, env=environment, check=True
    )


def _terraform(folder: Path, *arguments: str) -> str:
    result = subprocess.run(
        [find_terraform(), *arguments],
        cwd=folder,
        env=terraform_environment(folder.parent / "cli"),
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.returncode == 0, result.stdout + result.stderr
    return result.stdout


@pytest.mark.parametrize("format_", FORMATS)
def test_a_stack_of_every_type_is_valid_without_a_warning(tmp_path: Path, format_: str) -> None:
    _synthesize("tests.support.every_type", tmp_path, format_)
    folder = tmp_path / "cdktf.out" / "stacks" / NAME
    _terraform(folder, "init", "-input=false", "-backend=false")
    verdict = json.loads(_terraform(folder, "validate", "-json"))
    assert verdict["diagnostics"] == []
    assert verdict["valid"]
    _terraform(folder, "fmt", "-check", "-diff")


@pytest.mark.parametrize("format_", FORMATS)
def test_terraform_reads_the_values_that_were_meant(tmp_path: Path, format_: str) -> None:
    _synthesize("tests.support.expression_values", tmp_path, format_, "out")
    folder = tmp_path / "out" / "stacks" / "values"
    _terraform(folder, "init", "-input=false")
    _terraform(folder, "plan", "-input=false", "-out=plan")
    plan = json.loads(_terraform(folder, "show", "-json", "plan"))
    resources = plan["planned_values"]["root_module"]["resources"]
    values = {resource["name"]: resource["values"]["input"] for resource in resources}
    assert json.loads(values.pop("policy")) == {**NASTY, "Reference": "<2>"}
    assert values == {
        "literal": "${a} %{b}",
        "numeric": "1",
        "json": '{"a": "b"}',
        "file": SCRIPT.decode(),
        "hash": base64.b64encode(hashlib.sha256(SCRIPT).digest()).decode(),
        "template": 'bucket b-"1", ${kept}\n',
    }
