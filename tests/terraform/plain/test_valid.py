"""Terraform takes what is generated, and finds nothing to format; its own tests pass."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from tests.synth.apps import ROOT, varied_policies, write_app
from tests.terraform.conftest import Terraform
from tests.terraform.plain.plans import generate

NAMES = ("everything", "home_elsewhere", "reader", "instance_ids")


@pytest.fixture(scope="module")
def policies(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_app(tmp_path_factory.mktemp("app") / "app", varied_policies()) / "policies"


def test_every_module_is_valid_in_either_syntax(
    policies: Path, tmp_path: Path, terraform: Terraform
) -> None:
    """All at once, as modules of one configuration: the provider takes seconds to start."""
    calls: dict[str, dict[str, str]] = {}
    for form in ("hcl", "json"):
        folder = generate(tmp_path / form, policies, "--format", form)
        modules = [each for each in folder.iterdir() if each.is_dir()]
        assert len(modules) == len(varied_policies())
        calls |= {
            f"{form}_{each.name}": {"source": f"./{os.path.relpath(each, tmp_path)}"}
            for each in modules
        }
    (tmp_path / "main.tf.json").write_text(json.dumps({"module": calls}), encoding="utf-8")
    assert terraform(tmp_path, "init", "-input=false").returncode == 0
    found = json.loads(terraform(tmp_path, "validate", "-json").stdout)
    assert (found["valid"], found["diagnostics"]) == (True, [])


def test_hcl_is_formatted_as_terraform_formats_it(
    policies: Path, tmp_path: Path, terraform: Terraform
) -> None:
    """Modules, examples, tests and roots."""
    for layout in ("module", "root"):
        generate(tmp_path / layout, policies, "--layout", layout)
    generate(tmp_path / "single", ROOT / "examples" / "patch_policy.yaml", "--layout", "root")
    check = terraform(tmp_path, "fmt", "-check", "-diff", "-recursive")
    assert (check.returncode, check.stdout) == (0, "")


@pytest.mark.parametrize("form", ["hcl", "json"])
def test_examples_are_valid_with_what_they_adopt_and_move(
    form: str, tmp_path: Path, terraform: Terraform
) -> None:
    """`generate` here leaves `imports` out of roots alone."""
    policy = tmp_path / "everything.yaml"
    policy.write_text(varied_policies()["everything"], encoding="utf-8")
    examples = generate(tmp_path / "module", policy, "--format", form, "--moved") / "examples"
    folders = sorted(examples.iterdir())
    assert [each.name for each in folders] == ["one_region", "several_regions"]
    for folder in folders:
        assert [*folder.glob("imports.*")]
        assert [*folder.glob("moved.*")]
        assert terraform(folder, "init", "-input=false").returncode == 0
        found = json.loads(terraform(folder, "validate", "-json").stdout)
        assert (found["valid"], found["diagnostics"]) == (True, [])


BACKENDS = (
    {"s3": {"bucket": "my-states", "region": "eu-west-1", "use_lockfile": True}},
    {"cloud": {"organization": "my-org", "project": "patching", "tags": ["patching"]}},
)


@pytest.mark.parametrize("form", ["hcl", "json"])
@pytest.mark.parametrize("backend", BACKENDS, ids=["s3", "cloud"])
def test_a_root_is_valid_with_every_backend(
    backend: dict[str, object], form: str, tmp_path: Path, terraform: Terraform
) -> None:
    options = ("--layout", "root", "--format", form, "--backend", json.dumps(backend), "--moved")
    folder = generate(tmp_path / "root", ROOT / "examples" / "patch_policy.yaml", *options)
    assert terraform(folder, "init", "-backend=false", "-input=false").returncode == 0
    found = json.loads(terraform(folder, "validate", "-json").stdout)
    assert (found["valid"], found["diagnostics"]) == (True, [])


@pytest.mark.parametrize(
    ("names", "options"),
    [
        (NAMES, ()),
        (NAMES[:1], ("--format", "json")),
        (NAMES[:1], ("--layout", "root", "--backend", json.dumps(BACKENDS[0]))),
    ],
    ids=["hcl", "json", "root"],
)
def test_the_tests_of_what_is_generated_pass(
    names: tuple[str, ...], options: tuple[str, ...], tmp_path: Path, terraform: Terraform
) -> None:
    for name in names:
        policy = tmp_path / f"{name}.yaml"
        policy.write_text(varied_policies()[name], encoding="utf-8")
        folder = generate(tmp_path / name, policy, *options, imports=True)
        assert terraform(folder, "init", "-backend=false", "-input=false").returncode == 0
        run = terraform(folder, "test", "-no-color")
        assert run.returncode == 0, f"{name}: {run.stdout}{run.stderr}"


def test_the_tests_of_a_module_can_fail(tmp_path: Path, terraform: Terraform) -> None:
    policy = ROOT / "examples" / "patch_policy.yaml"
    folder = generate(tmp_path / "module", policy)
    associations = folder / "associations.tf"
    text = associations.read_text(encoding="utf-8")
    associations.write_text(text.replace("var.scan_schedule", '"rate(1 day)"'), encoding="utf-8")
    assert terraform(folder, "init", "-input=false").returncode == 0
    run = terraform(folder, "test", "-no-color")
    assert run.returncode == 1
    assert "The scan has its own schedule." in run.stdout + run.stderr
