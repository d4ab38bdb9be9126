"""The folder of a demonstration: a CDKTF project of its own, apart from the user's."""

from __future__ import annotations

import json
import os
import shutil
import sys
from collections.abc import Mapping
from pathlib import Path

from modules.local_aws import environment
from modules.local_aws.principals import DEFAULT_ACCOUNT
from modules.terraform_cli import find_terraform, terraform_environment

REPOSITORY = Path(__file__).resolve().parents[2]


class Workspace:
    """Everything that a demonstration writes is below `folder`."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.stacks = folder / "cdktf.out" / "stacks"

    def clear(self) -> None:
        """Remove what an earlier demonstration left."""
        shutil.rmtree(self.folder, ignore_errors=True)

    def prepare(self, policy: Path) -> None:
        """Make the CDKTF project whose one policy this is."""
        self.folder.mkdir(parents=True, exist_ok=True)
        configuration = {
            "language": "python",
            "app": f'"{sys.executable}" "{REPOSITORY / "main.py"}"',
            "projectId": "patch-policy-demo",
            "sendCrashReports": "false",
            "context": {"policies": [str(policy.resolve())]},
        }
        text = json.dumps(configuration, indent=2) + "\n"
        (self.folder / "cdktf.json").write_text(text, encoding="utf-8")

    def environment(self, url: str, region: str) -> dict[str, str]:
        """The environment of every tool: the embedded AWS, our Node, a provider that is at hand.

        Raises TerraformCliError where Terraform is missing.
        """
        own_tools = [str(Path(sys.executable).parent), str(REPOSITORY / "node_modules" / ".bin")]
        aws = environment(url, DEFAULT_ACCOUNT, region)
        inherited: Mapping[str, str] = {
            **aws,
            "PATH": os.pathsep.join([*own_tools, aws.get("PATH", "")]),
            "TERRAFORM_BINARY_NAME": find_terraform(aws),
            "CI": "1",  # cdktf then asks nothing and draws no spinner
            "PYTHONPATH": str(REPOSITORY),
        }
        return terraform_environment(self.folder, inherited)

    def stack_folders(self) -> list[Path]:
        """The synthesized stacks, in the order of deployment."""
        manifest = json.loads((self.folder / "cdktf.out" / "manifest.json").read_bytes())
        return [self.stacks / name for name in manifest["stacks"]]

    def resource_count(self) -> int:
        """How many resources all stacks have."""
        configurations = [
            json.loads((stack / "cdk.tf.json").read_bytes()) for stack in self.stack_folders()
        ]
        return sum(
            len(resources)
            for configuration in configurations
            for resources in configuration["resource"].values()
        )
