"""Makes the labelled plans: `python -m tests.terraform.review.plans [CASE ...]`.

Terraform and the real AWS provider plan the changes of `tests/unit/review/cases` against the
embedded AWS. A case is either the policies of the module beside this file, before and after, or a
change of the policy file of one of the CDKTF stacks. What a plan should lead to stands in the case,
written before anybody looked at a review.
"""

from __future__ import annotations

import json
import lzma
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml

from tests.terraform.review.module_plans import plan_modules
from tests.terraform.review.stack_plans import Stacks
from tests.terraform.review.terraform_runs import ROOT, embedded_aws, say

FOLDER = ROOT / "tests" / "unit" / "review"
KEPT = ("format_version", "terraform_version", "timestamp", "complete", "errored")


def load_cases(folder: Path = FOLDER) -> dict[str, dict[str, Any]]:
    """Every case by its name, from all files."""
    cases: dict[str, dict[str, Any]] = {}
    for file in sorted((folder / "cases").glob("*.yaml")):
        cases |= yaml.safe_load(file.read_text(encoding="utf-8"))
    return cases


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
                "expressions": {
                    name: {"constant_value": {}} if expression == {"constant_value": {}} else {}
                    for name, expression in each.get("expressions", {}).items()
                },
            }
            for each in module.get("resources", ())
        ],
        "module_calls": {
            name: {"module": _arguments(call.get("module", {}))}
            for name, call in module.get("module_calls", {}).items()
        },
    }


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
            say(name)
            write_plan(name, stacks.plan(case))


def main(names: Sequence[str]) -> int:
    """Make the plans of these cases, or of all."""
    cases = load_cases()
    if unknown := set(names) - cases.keys():
        say(f"no such case: {', '.join(sorted(unknown))}")
        return 2
    with tempfile.TemporaryDirectory() as scratch:
        _make({name: cases[name] for name in names or cases}, Path(scratch))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
