"""`python main.py` where Node is missing or something else, and `patch-policy generate` too."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.synth.apps import EXAMPLE, ROOT, run_main, write_app

# What may stand where Node is expected, and what is said of it.
NODES = {
    "missing": (None, "No such file or directory"),
    "no program": ("text", "Permission denied"),
    "a program that fails": ("#!/bin/sh\nexit 1\n", "it does not answer as jsii expects"),
    "a program that talks": ("#!/bin/sh\necho '[7]'\n", "it does not answer as jsii expects"),
    "another jsii": ('#!/bin/sh\necho \'{"hello": "jsii@1"}\'\n', "it does not answer as jsii"),
}


@pytest.fixture
def app(tmp_path: Path) -> Path:
    return write_app(tmp_path / "app", {"good": EXAMPLE.read_text(encoding="utf-8")})


@pytest.fixture(params=NODES)
def node(request: pytest.FixtureRequest, tmp_path: Path) -> tuple[dict[str, str], str]:
    """The environment with that Node, and what is to be said."""
    text, found = NODES[request.param]
    path = tmp_path / "node"
    if text is not None:
        path.write_text(text, encoding="utf-8")
        path.chmod(0o755 if text.startswith("#!") else 0o644)
    return {"JSII_NODE": str(path)}, f"{path} cannot be started as Node ({found}"


def test_a_node_that_is_none_is_one_line(app: Path, node: tuple[dict[str, str], str]) -> None:
    environment, expected = node
    run = run_main(app, environment=environment)
    assert (run.returncode, run.stdout) == (1, "")
    (line,) = run.stderr.splitlines()
    assert line.startswith(expected)
    assert not (app / "cdktf.out" / "stacks").exists()


def test_bad_input_is_told_whatever_node_is(app: Path, node: tuple[dict[str, str], str]) -> None:
    (app / "policies" / "good.yaml").write_text("- a list\n")
    run = run_main(app, environment=node[0])
    assert (run.returncode, run.stdout) == (2, "")
    (line,) = run.stderr.splitlines()
    assert line.startswith("policies/good.yaml: $")


def test_generating_without_node_writes_nothing(
    tmp_path: Path, node: tuple[dict[str, str], str]
) -> None:
    environment, expected = node
    line = [sys.executable, "-m", "modules.cli", "generate", str(EXAMPLE), "--output"]
    run = subprocess.run(
        [*line, str(tmp_path / "out")],
        env=os.environ | environment,
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (run.returncode, run.stdout) == (2, "")
    assert run.stderr.startswith(expected)
    assert not (tmp_path / "out").exists()


def test_a_cache_that_cannot_be_used_is_nodes_own_one_line(app: Path, tmp_path: Path) -> None:
    (tmp_path / "cache").touch()
    cache = {"JSII_RUNTIME_PACKAGE_CACHE_ROOT": str(tmp_path / "cache")}
    run = run_main(app, environment=cache)
    assert (run.returncode, run.stdout) == (1, "")
    (line,) = run.stderr.splitlines()
    assert line.startswith("Cannot use the jsii package cache in ")
