"""Terraform as a user has it, and a dozen policies synthesized in either form."""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from modules.terraform_cli import find_terraform, terraform_environment
from tests.synth.apps import synthesize, varied_policies, write_app

Terraform = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture(scope="session")
def environment(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, str]:
    return terraform_environment(tmp_path_factory.mktemp("terraform"))


@pytest.fixture(scope="session")
def terraform(environment: Mapping[str, str]) -> Terraform:
    """Runs Terraform in a folder. Where it is missing, the tests fail and say what to install."""
    binary = find_terraform()

    def run(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [binary, *arguments],
            cwd=folder,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
            timeout=300,
        )

    return run


@pytest.fixture(scope="session", params=[False, True], ids=["json", "hcl"])
def output(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    app = write_app(tmp_path_factory.mktemp("app") / "app", varied_policies())
    return synthesize(app, hcl=request.param)
