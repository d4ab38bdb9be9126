"""Plans of the same policies in three forms, and their planned values by CDKTF's addresses."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from modules.plain.topics import places
from modules.terraform_cli import find_terraform
from tests.synth.apps import ROOT, stacks

ROLE_STACK = "patch-policy-instance-role"
_STACK = re.compile(r"module\.patch-policy-(?:instance-(role)|([a-z0-9]+)-([\w-]+))\.")
_DRAWN = {place.address: drawn for drawn, place in places().items()}


@dataclass(frozen=True, kw_only=True)
class Workplace:
    """Where plans are made: the environment names the embedded AWS."""

    env: Mapping[str, str]

    def terraform(self, folder: Path, *arguments: str) -> str:
        run = subprocess.run(
            [find_terraform(), *arguments, "-no-color"],
            cwd=folder,
            env=self.env,
            capture_output=True,
            text=True,
            check=False,
            timeout=600,
        )
        assert run.returncode == 0, f"{arguments}: {run.stdout}{run.stderr}"
        return run.stdout

    def planned(self, folder: Path) -> dict[str, Any]:
        """The plan of a root module, as JSON."""
        self.terraform(folder, "init", "-input=false")
        self.terraform(folder, "plan", "-input=false", "-out=plan", "-lock=false")
        plan: dict[str, Any] = json.loads(self.terraform(folder, "show", "-json", "plan"))
        return plan


def resources(plan: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """Every managed resource that a plan will have, in whatever module."""
    ahead = [plan["planned_values"]["root_module"]]
    while ahead:
        module = ahead.pop()
        ahead += module.get("child_modules", [])
        yield from (each for each in module.get("resources", []) if each["mode"] == "managed")


def generated_values(plan: Mapping[str, Any]) -> dict[str, Any]:
    """`<configuration id> <region> <CDKTF's address>` -> values, of generated modules."""
    found = {}
    for each in resources(plan):
        module = re.match(r"module\.policy_([a-z0-9]+)_(\w+?)\.", each["address"])
        drawn = _DRAWN[f"{each['type']}.{each['name']}"]
        is_role = drawn.split(".")[1].startswith("instance_role")
        where = "role" if is_role or not module else f"{module[1]} {module[2].replace('_', '-')}"
        found[f"{where} {drawn}"] = normal(each["values"])
    return found


def app_values(plan: Mapping[str, Any]) -> dict[str, Any]:
    """The same of CDKTF's stacks, which are modules named after them."""
    found = {}
    for each in resources(plan):
        module = _STACK.match(each["address"])
        assert module, each["address"]
        where = module[1] or f"{module[2]} {module[3]}"
        found[f"{where} {each['type']}.{each['name']}"] = normal(each["values"])
    return found


def normal(values: Mapping[str, Any]) -> dict[str, Any]:
    """No tags and an empty map of tags are the same to the provider, as to AWS; the zip's path
    begins with its module's.
    """
    changed = {
        key: None if key in ("tags", "tags_all") and value == {} else value
        for key, value in values.items()
    }
    if "filename" in changed:
        changed["filename"] = str(changed["filename"]).rpartition("/")[2]
    return changed


def app_as_modules(output: Path, folder: Path) -> Path:
    """One configuration that calls every stack of an app as a module.

    So one plan does for all, with one provider for each region.
    """
    regions: dict[str, None] = {}
    calls = {}
    for name, stack in stacks(output).items():
        [provider] = stack.pop("provider")["aws"]
        regions[provider["region"]] = None
        stack["terraform"].pop("backend")
        stack.pop("import", None)
        source = output / "stacks" / name
        (source / "cdk.tf.json").write_text(json.dumps(stack), encoding="utf-8")
        calls[name] = {"source": str(source), "providers": {"aws": f"aws.{provider['region']}"}}
    providers = [{"alias": region, "region": region} for region in regions]
    root = {"provider": {"aws": providers}, "module": calls}
    folder.mkdir()
    (folder / "main.tf.json").write_text(json.dumps(root), encoding="utf-8")
    return folder


def generate(folder: Path, policies: Path, *options: str, imports: bool = False) -> Path:
    """`patch-policy generate` of a folder of policies.

    Without `imports`, what is adopted is left out of the plan: nothing is there to adopt.
    """
    command = [sys.executable, "-m", "modules.cli", "generate", str(policies)]
    run = subprocess.run(
        [*command, "--output", str(folder), *options],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert run.returncode == 0, run.stderr
    for file in folder.glob("imports.tf*") if not imports else ():
        file.unlink()
    return folder


def differences(one: Mapping[str, Any], other: Mapping[str, Any]) -> dict[str, Any]:
    """`<address> <attribute>` -> both values, where they differ."""
    return {
        f"{address} {key}": (values.get(key), other[address].get(key))
        for address, values in one.items()
        for key in values.keys() | other[address].keys()
        if values.get(key) != other[address].get(key)
    }
