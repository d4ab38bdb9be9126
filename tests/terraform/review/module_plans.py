"""Plans of the module beside this file: policies before, and policies after."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from modules.local_aws import LocalAws
from tests.terraform.review.terraform_runs import (
    Terraform,
    call,
    say,
    terraform_environment_of,
    with_ids,
)

MODULE = Path(__file__).with_name("policy")
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


class Module:
    """The module beside this file with one `before`, from which any `after` can be planned."""

    def __init__(self, folder: Path, before: Mapping[str, Any] | None, aws: LocalAws) -> None:
        aws.reset()
        folder.mkdir()
        self.folder, self.before, self.aws = folder, before, aws
        self.terraform = Terraform(folder, terraform_environment_of(aws, folder))
        self.initialized: str | None = None
        if before is not None:
            self.write(before)
            self.terraform.apply()

    def write(self, side: Mapping[str, Any]) -> None:
        """Write a configuration, and initialize it where it calls other modules than before."""
        if not (self.folder / "policy").exists():
            shutil.copytree(MODULE, self.folder / "policy")
        calls = side.get("call", CALL)
        text = with_ids(ROOT_MODULE + calls + side.get("hcl", ""), self.aws)
        (self.folder / "main.tf").write_text(text, encoding="utf-8")
        variables = json.dumps({"policies": side.get("policies", {})})
        (self.folder / "terraform.tfvars.json").write_text(variables, encoding="utf-8")
        if calls != self.initialized:
            self.terraform.run("init", "-input=false")
            self.initialized = calls

    def plan(self, case: Mapping[str, Any]) -> dict[str, Any]:
        """Change things outside of Terraform, and plan what is after."""
        for how in case.get("outside", ()):
            call(self.aws, how)
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
        say(name)
        key = _beginning((name, case))[0]
        if key not in modules or "outside" in case or "forget_state" in case:
            modules.clear()  # the embedded AWS forgets what is of the others
            try:
                modules[key] = Module(folder / str(number), case.get("before"), aws)
            except RuntimeError as error:
                say(f"{name} FAILED: {error}")
                continue
        yield name, modules[key].plan(case)
        if "outside" in case or "forget_state" in case:
            modules.clear()


def _beginning(item: tuple[str, Mapping[str, Any]]) -> tuple[str, bool, str]:
    name, case = item
    return json.dumps(case.get("before"), sort_keys=True), "outside" in case, name
