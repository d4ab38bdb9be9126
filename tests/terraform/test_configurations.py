"""Terraform takes every stack, in either form."""

from __future__ import annotations

import json
import os
from pathlib import Path

from tests.terraform.conftest import Terraform

ROLE_STACK = "patch-policy-instance-role"


def test_every_stack_is_valid(output: Path, tmp_path: Path, terraform: Terraform) -> None:
    """All at once, as modules of one configuration: the provider takes seconds to start.

    The stack of the role goes alone, as import blocks must stand in the root module.
    """
    stacks = sorted((output / "stacks").iterdir())
    assert len(stacks) == 15
    modules = {
        stack.name: {"source": os.path.relpath(stack, tmp_path)}
        for stack in stacks
        if stack.name != ROLE_STACK
    }
    (tmp_path / "main.tf.json").write_text(json.dumps({"module": modules}))
    for folder in (tmp_path, output / "stacks" / ROLE_STACK):
        init = terraform(folder, "init", "-input=false", "-no-color")
        assert init.returncode == 0, init.stderr
        validate = terraform(folder, "validate", "-json")
        found = json.loads(validate.stdout)
        ours = [d for d in found["diagnostics"] if d["summary"] != "Backend configuration ignored"]
        assert (found["valid"], ours) == (True, [])


def test_a_configuration_that_is_wrong_is_noticed(
    output: Path, tmp_path: Path, terraform: Terraform
) -> None:
    """Of a module too: this is what the test above stands on."""
    stack = output / "stacks" / "patch-policy-a1b2c-ap-northeast-1"
    (tmp_path / "stack").mkdir()
    for path in stack.glob("cdk.*"):
        text = path.read_text(encoding="utf-8").replace("retention_in_days", "retention_in_weeks")
        (tmp_path / "stack" / path.name).write_text(text, encoding="utf-8")
    (tmp_path / "main.tf.json").write_text('{"module": {"x": {"source": "./stack"}}}')
    assert terraform(tmp_path, "init", "-input=false").returncode == 0
    validate = json.loads(terraform(tmp_path, "validate", "-json").stdout)
    assert not validate["valid"]
    assert "retention_in_weeks" in json.dumps(validate["diagnostics"])


def test_hcl_is_formatted_as_terraform_formats_it(output: Path, terraform: Terraform) -> None:
    """JSON has no format to keep."""
    check = terraform(output, "fmt", "-check", "-diff", "-recursive", "stacks")
    assert (check.returncode, check.stdout) == (0, "")
