"""A hand-written patch policy in small, deployed into the embedded AWS by the real provider."""

from __future__ import annotations

import json
import shutil
import subprocess
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import boto3
import pytest

from modules.local_aws import LocalAws
from modules.local_aws.admin_actions import deliver_access_log, may_read
from modules.local_aws.faults import FUNCTION, Fault
from modules.policy.operating_systems import PREDEFINED_BASELINE_NAMES
from modules.terraform_cli import find_terraform, terraform_environment

CONFIGURATION = Path(__file__).parent / "round_trip"
ACCOUNT, REGION = "123456789012", "ap-northeast-1"
PLACE = (ACCOUNT, REGION)
BUCKET = f"round-trip-{ACCOUNT}"


@dataclass(frozen=True, kw_only=True)
class Terraform:
    """Terraform in a folder of its own, with nothing but its environment to find AWS by."""

    aws: LocalAws
    folder: Path

    def run(self, verb: str, *arguments: str, status: int = 0) -> str:
        """Run it and return what it printed; it has to end with this status."""
        inherited = self.aws.environment(ACCOUNT, REGION)
        package = {"TF_VAR_function_zip": str(self.folder / "function.zip")}
        done = subprocess.run(
            [find_terraform(), verb, "-no-color", *arguments],
            cwd=self.folder,
            env={**terraform_environment(self.folder / "cli", inherited), **package},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        assert done.returncode == status, done.stdout
        return done.stdout

    def apply(self, *changes: str, status: int = 0) -> str:
        """Apply with changed variables."""
        settings = [f"-var={change}" for change in changes]
        return self.run("apply", "-auto-approve", *settings, status=status)

    def plan(self, *changes: str) -> dict[str, list[str]]:
        """What a plan will do, by address: nothing when it is empty."""
        settings = [f"-var={change}" for change in changes]
        self.run("plan", "-out=plan", *settings)
        plan = json.loads(self.run("show", "-json", "plan"))
        changes_of = {c["address"]: c["change"]["actions"] for c in plan["resource_changes"]}
        return {address: do for address, do in changes_of.items() if do != ["no-op"]}


@pytest.fixture
def terraform(tmp_path: Path) -> Iterator[Terraform]:
    """Terraform, ready to apply the configuration to an empty embedded AWS."""
    shutil.copytree(CONFIGURATION, tmp_path, dirs_exist_ok=True)
    with zipfile.ZipFile(tmp_path / "function.zip", "w") as package:
        package.write(tmp_path / "function" / "main.py", "main.py")
    with LocalAws.start() as aws:
        terraform = Terraform(aws=aws, folder=tmp_path)
        terraform.run("init")
        yield terraform


def client(terraform: Terraform, service: str) -> Any:
    """A client of the same account and region."""
    return boto3.client(  # type: ignore[call-overload]  # the service is a variable here
        service,
        endpoint_url=terraform.aws.url,
        region_name=REGION,
        aws_access_key_id=ACCOUNT,
        aws_secret_access_key="any",
    )


def test_deploy_change_and_remove(terraform: Terraform) -> None:
    """Apply, an empty plan, changes in place, a replacement, and destroy leaves nothing."""
    aws = terraform.aws
    assert "24 added" in terraform.apply()
    assert terraform.plan() == {}
    associations = aws.state.associations.at(PLACE)
    assert len(associations) == 8
    names = invocation_result(terraform)["names"]
    assert sorted(names) == sorted(PREDEFINED_BASELINE_NAMES.values())
    role = f"arn:aws:iam::{ACCOUNT}:role/round-trip-function"
    assert may_read(aws.state, role, BUCKET, "baseline_overrides.json")
    assert not may_read(aws.state, ACCOUNT, BUCKET, "baseline_overrides.json")

    changes = ("schedule=rate(2 days)", "document_description=second")
    assert "5 changed" in terraform.apply(*changes)
    assert terraform.plan(*changes) == {}
    document = client(terraform, "ssm").describe_document(Name="AWSQuickSetup-RoundTrip-a1b2c")
    assert document["Document"]["DefaultVersion"] == "2"

    renamed = (*changes, "function_name=round-trip-2")
    assert terraform.plan(*renamed)["aws_lambda_function.function"] == ["delete", "create"]
    terraform.apply(*renamed)
    assert terraform.plan(*renamed) == {}

    deliver_access_log(aws.state, BUCKET)
    terraform.run("destroy", "-auto-approve")
    assert not aws.state.associations.at(PLACE)
    assert client(terraform, "s3").list_buckets()["Buckets"] == []
    assert [
        d["Name"] for d in client(terraform, "ssm").list_documents()["DocumentIdentifiers"]
    ] == []


def invocation_result(terraform: Terraform) -> Any:
    """What the function answered when Terraform invoked it."""
    state = json.loads(terraform.run("show", "-json"))
    resources = state["values"]["root_module"]["resources"]
    [invocation] = [r for r in resources if r["type"] == "aws_lambda_invocation"]
    return json.loads(invocation["values"]["result"])


def test_an_association_without_targets_cannot_be_updated(terraform: Terraform) -> None:
    """hashicorp/terraform-provider-aws#41251: the provider sends the fake target back."""
    terraform.apply()
    output = terraform.apply("simple_schedule=rate(2 days)", status=1)
    assert "Must specify both Automation Target Parameter Name and Targets" in output


def test_a_role_that_is_not_assumable_yet_is_waited_for(terraform: Terraform) -> None:
    terraform.aws.state.switches.role_delay_seconds = 8
    terraform.apply()
    calls = terraform.aws.state.calls.calls
    creations = [c.error for c in calls if c.operation == "CreateFunction"]
    assert creations[0] == "InvalidParameterValueException"
    assert creations[-1] is None


def test_a_failed_invocation_fails_the_apply_and_the_next_one_repairs_it(
    terraform: Terraform,
) -> None:
    faults = terraform.aws.state.faults.pending
    faults.append(Fault(operation=FUNCTION, code="Broken", when="after"))
    assert "Broken" in terraform.apply(status=1)
    terraform.apply()
    assert terraform.plan() == {}
