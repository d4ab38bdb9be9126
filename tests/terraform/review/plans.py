"""Makes the labelled plans: `python -m tests.terraform.review.plans [CASE ...]`.

Terraform and the real AWS provider plan the changes of `tests/unit/review/cases` against the
embedded AWS. A case is either the policies of the module beside this file, before and after, or a
change of the policy file of one of the CDKTF stacks. What a plan should lead to stands in the case,
written before anybody looked at a review.
"""

from __future__ import annotations

import json
import lzma
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import boto3
import yaml

from modules.local_aws import LocalAws
from modules.local_aws.fleet import Fleet
from modules.terraform_cli import find_terraform, terraform_environment

ROOT = Path(__file__).resolve().parents[3]
FOLDER = ROOT / "tests" / "unit" / "review"
MODULE = Path(__file__).with_name("policy")
REGION = "ap-northeast-1"
FLEET = Fleet(missing_baselines={REGION: frozenset({"AMAZON_LINUX_2022"})})
KEPT = ("format_version", "terraform_version", "timestamp", "complete", "errored")
ROOT_MODULE = """
terraform {
  required_providers {
    aws = {
      source = "hashicorp/aws"
    }
  }
}

provider "aws" {
  region            = "ap-northeast-1"
  s3_use_path_style = true
}

variable "policies" {
  type    = any
  default = {}
}
"""
CALL = """
module "policy" {
  source   = "./policy"
  for_each = var.policies
  id       = each.key
  policy   = each.value
}
"""


class Terraform:
    """Terraform in a folder, against an embedded AWS."""

    def __init__(self, folder: Path, environment: Mapping[str, str]) -> None:
        self.folder, self.environment = folder, environment

    def run(self, *arguments: str, may_fail: bool = False) -> str:
        done = subprocess.run(
            [find_terraform(), *arguments],
            cwd=self.folder,
            env=dict(self.environment),
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode != 0 and not may_fail:
            raise RuntimeError(
                f"{' '.join(arguments)} in {self.folder}:\n{done.stdout}{done.stderr}"
            )
        return done.stdout

    def apply(self) -> None:
        self.run("apply", "-auto-approve", "-input=false", "-no-color")

    def plan(self, *options: str) -> dict[str, Any]:
        self.run("plan", "-input=false", "-no-color", "-out=plan", *options)
        shown: dict[str, Any] = json.loads(self.run("show", "-json", "plan"))
        return shown


def load_cases(folder: Path = FOLDER) -> dict[str, dict[str, Any]]:
    """Every case by its name, from all files."""
    cases: dict[str, dict[str, Any]] = {}
    for file in sorted((folder / "cases").glob("*.yaml")):
        cases |= yaml.safe_load(file.read_text(encoding="utf-8"))
    return cases


def read_plan_bytes(name: str) -> bytes:
    """A plan of the labelled set: what `terraform show -json` printed, as far as it is read."""
    return lzma.decompress((FOLDER / "plans" / f"{name}.json.xz").read_bytes())


def write_plan(name: str, plan: Mapping[str, Any]) -> None:
    text = json.dumps(trimmed(plan), separators=(",", ":")).encode()
    file = FOLDER / "plans" / f"{name}.json.xz"
    file.write_bytes(lzma.compress(text, preset=9 | lzma.PRESET_EXTREME))


def trimmed(plan: Mapping[str, Any]) -> dict[str, Any]:
    """A plan without its values of before, and without the expressions of its configuration."""
    kept = {key: plan[key] for key in KEPT if key in plan}
    changes = [each for each in plan.get("resource_changes", []) if each["mode"] == "managed"]
    configuration = plan.get("configuration", {})
    root = configuration.get("root_module", {})
    providers = {
        key: {"expressions": {"region": provider.get("expressions", {}).get("region", {})}}
        for key, provider in configuration.get("provider_config", {}).items()
    }
    return {
        **kept,
        "resource_changes": changes,
        "resource_drift": plan.get("resource_drift", []),
        "output_changes": plan.get("output_changes", {}),
        "configuration": {"provider_config": providers, "root_module": _arguments(root)},
    }


def _arguments(module: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "resources": [
            {
                "address": each["address"],
                "provider_config_key": each.get("provider_config_key"),
                "expressions": {name: {} for name in each.get("expressions", ())},
            }
            for each in module.get("resources", ())
        ],
        "module_calls": {
            name: {"module": _arguments(call.get("module", {}))}
            for name, call in module.get("module_calls", {}).items()
        },
    }


@contextmanager
def embedded_aws() -> Iterator[LocalAws]:
    with LocalAws.start(FLEET) as aws:
        yield aws


def _environment(aws: LocalAws, folder: Path) -> dict[str, str]:
    tools = folder / "bin"
    tools.mkdir(parents=True, exist_ok=True)
    if not (tools / "sleep").exists():
        (tools / "sleep").symlink_to("/bin/true")  # the pause for new roles passes at once
    inherited = dict(aws.environment(region=REGION)) | {"PYTHONPATH": str(ROOT)}
    inherited["PATH"] = f"{tools}:{inherited['PATH']}"
    return terraform_environment(folder, inherited)


class Module:
    """The module beside this file with one `before`, from which any `after` can be planned."""

    def __init__(self, folder: Path, before: Mapping[str, Any] | None, aws: LocalAws) -> None:
        aws.reset()
        folder.mkdir()
        self.folder, self.before, self.aws = folder, before, aws
        self.terraform = Terraform(folder, _environment(aws, folder))
        self.initialized: str | None = None
        if before is not None:
            self.write(before)
            self.terraform.apply()

    def write(self, side: Mapping[str, Any]) -> None:
        """Write a configuration, and initialize it where it calls other modules than before."""
        if not (self.folder / "policy").exists():
            shutil.copytree(MODULE, self.folder / "policy")
        call = side.get("call", CALL)
        text = _with_ids(ROOT_MODULE + call + side.get("hcl", ""), self.aws)
        (self.folder / "main.tf").write_text(text, encoding="utf-8")
        variables = json.dumps({"policies": side.get("policies", {})})
        (self.folder / "terraform.tfvars.json").write_text(variables, encoding="utf-8")
        if call != self.initialized:
            self.terraform.run("init", "-input=false")
            self.initialized = call

    def plan(self, case: Mapping[str, Any]) -> dict[str, Any]:
        """Change things outside of Terraform, and plan what is after."""
        for call in case.get("outside", ()):
            _call(self.aws, call)
        if case.get("forget_state"):
            (self.folder / "terraform.tfstate").unlink()
        self.write(case.get("after", self.before) or {})
        return self.terraform.plan(*case.get("options", ()))


def plan_modules(
    cases: Mapping[str, Mapping[str, Any]], folder: Path, aws: LocalAws
) -> Iterator[tuple[str, dict[str, Any]]]:
    """The plan of each case; cases that begin alike share what is applied."""
    modules: dict[str, Module] = {}
    for number, (name, case) in enumerate(sorted(cases.items(), key=_beginning)):
        _say(name)
        key = _beginning((name, case))[0]
        if key not in modules or "outside" in case or "forget_state" in case:
            modules.clear()  # the embedded AWS forgets what is of the others
            try:
                modules[key] = Module(folder / str(number), case.get("before"), aws)
            except RuntimeError as error:
                _say(f"{name} FAILED: {error}")
                continue
        yield name, modules[key].plan(case)
        if "outside" in case or "forget_state" in case:
            modules.clear()


def _beginning(item: tuple[str, Mapping[str, Any]]) -> tuple[str, bool, str]:
    name, case = item
    return json.dumps(case.get("before"), sort_keys=True), "outside" in case, name


def _with_ids(text: str, aws: LocalAws) -> str:
    """`$association.NAME` becomes that association's ID."""
    return re.sub(r"\$association\.([\w.-]+)", lambda m: _association_id(aws, m[1]), text)


def _call(aws: LocalAws, call: Mapping[str, Any]) -> None:
    client = _client(aws, call["service"])
    arguments = json.loads(_with_ids(json.dumps(call["arguments"]), aws))
    getattr(client, call["operation"])(**arguments)


def _client(aws: LocalAws, service: str) -> Any:
    given = aws.environment(region=REGION)
    return boto3.client(  # type: ignore[call-overload] # the service is data
        service,
        region_name=REGION,
        endpoint_url=aws.url,
        aws_access_key_id=given["AWS_ACCESS_KEY_ID"],
        aws_secret_access_key=given["AWS_SECRET_ACCESS_KEY"],
    )


def _association_id(aws: LocalAws, name: str) -> str:
    pages = _client(aws, "ssm").get_paginator("list_associations").paginate()
    found = [
        each["AssociationId"]
        for page in pages
        for each in page["Associations"]
        if each.get("AssociationName") == name
    ]
    return str(found[0])


class Stacks:
    """The CDKTF stacks of the case's base policies, deployed once and planned many times."""

    def __init__(self, folder: Path, bases: Mapping[str, Any], aws: LocalAws) -> None:
        self.folder, self.bases, self.aws = folder, bases, aws
        self.environment = _environment(aws, folder)
        configuration = json.loads((ROOT / "cdktf.json").read_text(encoding="utf-8"))
        configuration["context"]["policies"] = ["*.yaml"]
        (folder / "cdktf.json").write_text(json.dumps(configuration), encoding="utf-8")
        client = _client(aws, "ssm")
        self.baselines = {
            name: client.create_patch_baseline(
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


def _make(cases: Mapping[str, Mapping[str, Any]], folder: Path) -> None:
    bases = yaml.safe_load((FOLDER / "bases.yaml").read_text(encoding="utf-8"))
    of_stacks = {name: case for name, case in cases.items() if "stack" in case}
    with embedded_aws() as aws:
        of_modules = {name: case for name, case in cases.items() if name not in of_stacks}
        for name, plan in plan_modules(of_modules, folder, aws):
            write_plan(name, plan)
        if of_stacks:
            aws.reset()
            (folder / "stacks").mkdir()
            stacks = Stacks(folder / "stacks", bases, aws)
            stacks.deploy()
        for name, case in of_stacks.items():
            _say(name)
            write_plan(name, stacks.plan(case))


def _say(text: str) -> None:
    sys.stderr.write(f"{text} ...\n")


def main(names: Sequence[str]) -> int:
    """Make the plans of these cases, or of all."""
    cases = load_cases()
    if unknown := set(names) - cases.keys():
        _say(f"no such case: {', '.join(sorted(unknown))}")
        return 2
    with tempfile.TemporaryDirectory() as scratch:
        _make({name: cases[name] for name in names or cases}, Path(scratch))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
