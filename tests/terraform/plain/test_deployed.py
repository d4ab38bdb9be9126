"""Generated directories are deployed as their READMEs say, and leave nothing behind."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.aws import Aws, embedded_aws
from tests.e2e.deployer import deployer_environment
from tests.e2e.harness import Outcome, Project, new_project
from tests.e2e.inventory import associations, documents, inventory
from tests.terraform.plain.policies_elsewhere import NEWCOMER, TRAVELLER


@dataclass(frozen=True, kw_only=True)
class User:
    """Somebody with a policy file, the command line and Terraform, and an account."""

    aws: Aws
    project: Project

    def generate(self, policy: Mapping[str, Any], *options: str) -> Path:
        self.project.write_policy(policy)
        file = f"{policy['configuration_id']}.yaml"
        folder = self.project.folder / "generated"
        arguments = ("generate", file, "--output", str(folder), *options)
        self.project.run(sys.executable, "-m", "modules.cli", *arguments).succeeded()
        return folder

    def run(self, folder: Path, command: str) -> Outcome:
        return self.project.start(*command.split(), cwd=folder).wait().succeeded()


@pytest.fixture
def user(tmp_path: Path) -> Iterator[User]:
    with embedded_aws() as aws:
        project = new_project(tmp_path / "user", aws, settle=False)
        yield User(aws=aws, project=project.with_env(TF_CLI_ARGS_apply="-auto-approve"))


def commands(readme: Path) -> list[str]:
    """What a README tells the reader to type."""
    blocks = re.findall(r"```console\n(.*?)```", readme.read_text(encoding="utf-8"), re.DOTALL)
    return [line.removeprefix("$ ") for line in blocks[0].splitlines()]


def test_a_newcomer_deploys_changes_and_removes_it_by_the_readme_alone(user: User) -> None:
    rights = deployer_environment(user.aws)  # what docs/permissions.md asks for, and no more
    user = replace(user, project=user.project.with_env(**rights))
    before = inventory(user.aws)
    folder = user.generate(NEWCOMER, "--layout", "root")
    told = commands(folder / "README.md")
    assert told == ["terraform init", "terraform plan", "terraform apply"]
    for command in told:
        user.run(folder, command)

    deployed = associations(user.aws)
    assert len(deployed) == 8
    for name, text in documents(user.aws).items():
        if "Remediation-AutomationDocument" not in name:
            files = [path.read_text(encoding="utf-8") for path in folder.glob("documents/*.json")]
            assert text in files, name
    user.run(folder, "terraform plan -detailed-exitcode")  # succeeds where nothing is to be done

    scan = "AWS-QuickSetup-PatchPolicy-ScanForPatches-LA-n3wc0m3r"
    user.generate({**NEWCOMER, "scan": {"schedule": "rate(8 hours)"}}, "--layout", "root")
    user.run(folder, "terraform apply")
    assert associations(user.aws)[scan]["ScheduleExpression"] == "rate(8 hours)"
    changed = {
        name
        for name, each in associations(user.aws).items()
        if each["AssociationId"] != deployed[name]["AssociationId"]
    }
    assert changed == {scan}

    user.run(folder, "terraform destroy -auto-approve")
    assert inventory(user.aws) == before


def test_it_serves_as_a_child_module_once_per_region(user: User) -> None:
    """The example with provider aliases, in JSON: the other region has its nodes' part alone."""
    regions = ("eu-west-1", "us-east-1")
    before = inventory(user.aws, regions=regions)
    folder = user.generate(TRAVELLER, "--format", "json") / "examples" / "several_regions"
    for command in commands(folder / "README.md"):
        user.run(folder, command)
    counts = {region: len(associations(user.aws, region=region)) for region in regions}
    assert counts == {"eu-west-1": 6, "us-east-1": 5}  # the refresh is at home
    user.run(folder, "terraform plan -detailed-exitcode")
    user.run(folder, "terraform destroy -auto-approve")
    assert inventory(user.aws, regions=regions) == before


# What a plan has to know: a name or a document that it does not know, it wants to replace.
KNOWN = {
    "aws_iam_role": ("name", "assume_role_policy"),
    "aws_iam_role_policy": ("name", "policy"),
    "aws_lambda_function": ("function_name",),
    "aws_s3_bucket": ("bucket",),
    "aws_s3_bucket_policy": ("policy",),
    "aws_ssm_association": ("name", "association_name", "schedule_expression"),
    "aws_ssm_document": ("name", "content"),
}


def test_order_between_regions_hides_no_name_from_the_plan(user: User) -> None:
    """As `depends_on` of a module would do, for which the data sources have to wait."""
    folder = user.generate(TRAVELLER) / "examples" / "several_regions"
    user.run(folder, "terraform init")
    user.run(folder, "terraform plan -out=plan")
    shown = user.run(folder, "terraform show -json plan").output
    changes = json.loads(shown[shown.index("{") :])["resource_changes"]
    assert {each["type"] for each in changes} >= KNOWN.keys()
    unknown = {
        f"{each['address']} {key}"
        for each in changes
        for key in KNOWN.get(each["type"], ())
        if each["change"]["after_unknown"].get(key) is True
    }
    scans = [each for each in changes if each["name"] == "scan_for_patches"]
    assert {each["change"]["after"]["parameters"]["BaselineOverride"] for each in scans} == {
        "s3://aws-quicksetup-patchpolicy-123456789012-trv1/baseline_overrides.json"
    }
    assert unknown == set()
