"""Plans of the CDKTF stacks: their policy files are changed, and nothing is applied."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from modules.local_aws import LocalAws
from tests.terraform.review.terraform_runs import (
    ROOT,
    Terraform,
    client,
    terraform_environment_of,
)


class Stacks:
    """The CDKTF stacks of the case's base policies, deployed once and planned many times."""

    def __init__(self, folder: Path, bases: Mapping[str, Any], aws: LocalAws) -> None:
        self.folder, self.bases, self.aws = folder, bases, aws
        self.environment = terraform_environment_of(aws, folder)
        configuration = json.loads((ROOT / "cdktf.json").read_text(encoding="utf-8"))
        configuration["context"]["policies"] = ["*.yaml"]
        (folder / "cdktf.json").write_text(json.dumps(configuration), encoding="utf-8")
        ssm = client(aws, "ssm")
        self.baselines = {
            name: ssm.create_patch_baseline(
                Name=f"custom-{name}", OperatingSystem=name.removesuffix("_OTHER")
            )
            for name in ("AMAZON_LINUX_2022", "UBUNTU", "UBUNTU_OTHER")
        }

    def deploy(self) -> None:
        self.synth({})
        for stack in self.stacks:
            terraform = self.terraform(stack)
            terraform.run("init", "-input=false")
            terraform.apply()

    @property
    def stacks(self) -> list[str]:
        manifest = json.loads((self.folder / "cdktf.out" / "manifest.json").read_bytes())
        return list(manifest["stacks"])

    def terraform(self, stack: str) -> Terraform:
        return Terraform(self.folder / "cdktf.out" / "stacks" / stack, self.environment)

    def synth(self, changes: Mapping[str, Any]) -> None:
        for file in self.folder.glob("*.yaml"):
            file.unlink()
        for name, base in {**self.bases, **changes.get("new", {})}.items():
            policy = {**base, **changes.get(name, {})}
            policy = {key: value for key, value in policy.items() if value is not None}
            text = re.sub(
                r"\$baseline\.(\w+)",
                lambda match: self.baselines[match[1]]["BaselineId"],
                yaml.safe_dump(policy),
            )
            (self.folder / f"{name}.yaml").write_text(text, encoding="utf-8")
        subprocess.run(
            [sys.executable, str(ROOT / "main.py")],
            cwd=self.folder,
            env=dict(self.environment),
            check=True,
            capture_output=True,
        )

    def plan(self, case: Mapping[str, Any]) -> dict[str, Any]:
        self.synth(case.get("policies", {}))
        terraform = self.terraform(case["stack"])
        terraform.run("init", "-input=false")
        return terraform.plan(*case.get("options", ()))
