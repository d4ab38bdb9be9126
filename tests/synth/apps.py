"""Apps in a folder of their own, synthesized as a user does it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).resolve().parents[2]
EXAMPLE = ROOT / "examples" / "patch_policy.yaml"
POLICIES = Path(__file__).parent / "policies"
UNIT_CASES = ROOT / "tests" / "unit" / "quick_setup" / "policies"


def varied_policies() -> dict[str, str]:
    """A dozen policies that differ in everything; they can stand in one app."""
    texts = {path.stem: path.read_text(encoding="utf-8") for path in POLICIES.glob("*.yaml")}
    for path in UNIT_CASES.glob("*.yaml"):
        case = yaml.safe_load(path.read_text(encoding="utf-8"))
        case["policy"]["tags"] = {"Case": path.stem}
        texts[path.stem] = json.dumps(case["policy"])
    return dict(sorted(texts.items()))


def write_app(
    folder: Path, policies: Mapping[str, str], context: Mapping[str, Any] | None = None
) -> Path:
    """A project as a user has it: cdktf.json, and policy files by these names."""
    (folder / "policies").mkdir(parents=True)
    configuration = json.loads((ROOT / "cdktf.json").read_text(encoding="utf-8"))
    configuration["context"] |= context or {}
    (folder / "cdktf.json").write_text(json.dumps(configuration), encoding="utf-8")
    for name, text in policies.items():
        (folder / "policies" / f"{name}.yaml").write_text(text, encoding="utf-8")
    return folder


def run_main(
    folder: Path,
    *arguments: str,
    hcl: bool = False,
    environment: Mapping[str, str] | None = None,
) -> subprocess.CompletedProcess[str]:
    """`python main.py` there; the same variables for every user, and some of one's own."""
    inherited = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    return subprocess.run(
        [sys.executable, str(ROOT / "main.py"), *arguments],
        cwd=folder,
        env=inherited | {"SYNTH_HCL_OUTPUT": str(hcl).lower()} | dict(environment or {}),
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


def synthesize(
    folder: Path, *, hcl: bool = False, environment: Mapping[str, str] | None = None
) -> Path:
    """The output folder of a run that went well."""
    run = run_main(folder, hcl=hcl, environment=environment)
    assert run.returncode == 0, run.stderr
    return folder / "cdktf.out"


def stacks(output: Path) -> dict[str, dict[str, Any]]:
    """The configuration of every stack, by its name, without CDKTF's comments."""
    return {
        path.parent.name: without_comments(json.loads(path.read_text(encoding="utf-8")))
        for path in sorted(output.glob("stacks/*/cdk.tf.json"))
    }


def without_comments(value: Any) -> Any:
    """The members named `//` hold paths in the construct tree, for CDKTF's own messages."""
    match value:
        case dict():
            return {key: without_comments(item) for key, item in value.items() if key != "//"}
        case list():
            return [without_comments(item) for item in value]
    return value


def files(folder: Path) -> dict[str, bytes]:
    """Every file below the folder, by its path."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }
