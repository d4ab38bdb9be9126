"""The command that is named for a stack which no policy produces any more does its work."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path

from modules.terraform_cli import find_terraform
from tests.synth.apps import EXAMPLE, run_main, write_app
from tests.terraform.conftest import Terraform

GONE = "patch-policy-gone1-eu-west-1"


def test_the_named_command_destroys_what_the_state_holds(
    tmp_path: Path, terraform: Terraform, environment: Mapping[str, str]
) -> None:
    app = write_app(tmp_path / "app", {"example": EXAMPLE.read_text(encoding="utf-8")})
    # A resource without a cloud behind it, at a stack's place.
    stack = app / "cdktf.out" / "stacks" / GONE
    stack.mkdir(parents=True)
    backend = {"local": {"path": f"../../../state/{GONE}.tfstate"}}
    configuration = {
        "terraform": {"backend": backend},
        "resource": {"terraform_data": {"left": {"input": "behind"}}},
    }
    (stack / "main.tf.json").write_text(json.dumps(configuration))
    assert terraform(stack, "init", "-input=false").returncode == 0
    assert terraform(stack, "apply", "-input=false", "-auto-approve").returncode == 0
    shutil.rmtree(stack)

    run = run_main(app)
    assert run.returncode == 0
    named = re.search(r"^(\S+): .* holds 1 resource; destroy them: (.*)$", run.stderr, re.M)
    assert named
    assert named[1] == GONE
    tools = tmp_path / "bin"
    tools.mkdir()
    (tools / "terraform").symlink_to(find_terraform())
    typed = {**environment} | {"PATH": os.pathsep.join([str(tools), environment["PATH"]])}
    command = ["sh", "-c", f"{named[2]} -auto-approve"]
    subprocess.run(command, cwd=app, env=typed, check=True, timeout=120)

    state = json.loads((app / "state" / f"{GONE}.tfstate").read_text())
    assert state["resources"] == []
    assert run_main(app).stderr == ""
