"""The example of the roles for dynamic credentials, planned by the real Terraform."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from modules.local_aws import LocalAws
from modules.local_aws.fleet import Fleet
from modules.terraform_cli import find_terraform, terraform_environment

EXAMPLE = Path(__file__).parents[3] / "examples" / "hcp_roles"


@pytest.fixture(scope="module")
def planned(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """The plan of the example."""
    folder = tmp_path_factory.mktemp("roles") / "example"
    shutil.copytree(EXAMPLE, folder, ignore=shutil.ignore_patterns(".terraform*"))
    provider = 'provider "aws" {\n  region = "eu-west-1"\n}\n'
    (folder / "provider.tf").write_text(provider, encoding="utf-8")
    with LocalAws.start(Fleet()) as aws:
        environment = terraform_environment(folder, dict(aws.environment(region="eu-west-1")))

        def terraform(*arguments: str) -> str:
            done = subprocess.run(
                [find_terraform(), *arguments],
                cwd=folder,
                env=environment,
                capture_output=True,
                text=True,
                check=False,
            )
            assert done.returncode == 0, done.stdout + done.stderr
            return done.stdout

        terraform("fmt", "-check", "-diff")
        terraform("init", "-input=false")
        provided = "arn:aws:iam::123456789012:oidc-provider/app.terraform.io"
        terraform(
            "plan",
            "-input=false",
            "-out=tfplan",
            "-var=organization=acme",
            "-var=project=patching",
            f"-var=oidc_provider_arn={provided}",
        )
        shown: dict[str, Any] = json.loads(terraform("show", "-json", "tfplan"))
    return shown


def after(planned: dict[str, Any], type_: str) -> dict[str, dict[str, Any]]:
    return {
        each["index"]: each["change"]["after"]
        for each in planned["resource_changes"]
        if each["type"] == type_
    }


def test_each_role_is_for_one_phase_of_these_workspaces(planned: dict[str, Any]) -> None:
    roles = after(planned, "aws_iam_role")
    assert roles.keys() == {"plan", "apply"}
    for phase, role in roles.items():
        (statement,) = json.loads(role["assume_role_policy"])["Statement"]
        assert statement["Action"] == "sts:AssumeRoleWithWebIdentity"
        assert statement["Condition"] == {
            "StringEquals": {"app.terraform.io:aud": "aws.workload.identity"},
            "StringLike": {
                "app.terraform.io:sub": "organization:acme:project:patching"
                f":workspace:patch-policy-*:run_phase:{phase}"
            },
        }


def test_the_apply_role_alone_deploys(planned: dict[str, Any]) -> None:
    policies = after(planned, "aws_iam_role_policy")
    assert policies.keys() == {"plan-plan", "apply-plan", "apply-deploy"}
    assert "iam:CreateRole" in policies["apply-deploy"]["policy"]
    assert "<account>" not in str(policies)
    assert "123456789012" in policies["apply-deploy"]["policy"]
