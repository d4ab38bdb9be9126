"""The cdktf command around a cdktf-cli that leaves Terraform behind."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from modules import cdktf_cli

ROOT = Path(__file__).parents[2]

# Stands for Node with cdktf-cli: starts Terraform as it does, and ends at the first signal.
CDKTF = """#!/bin/sh
(setsid "$TERRAFORM_BINARY_NAME" apply || kill $$) &
trap 'exit 1' INT TERM
while :; do sleep 0.05; done
"""
TERRAFORM = """#!/bin/sh
trap 'echo stopped > "$FOLDER/terraform"; exit 1' INT
touch "$FOLDER/begun"
sleep 0.6 & wait
echo completed > "$FOLDER/terraform"
"""
RUN = """
import sys
from modules import cdktf_cli
cdktf_cli._find_node = lambda: sys.argv[1]
sys.exit(cdktf_cli.main())
"""


@pytest.fixture
def process(tmp_path: Path) -> subprocess.Popen[str]:
    for name, text in {"node": CDKTF, "real-terraform": TERRAFORM}.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
        (tmp_path / name).chmod(0o755)
    # A run that is HCP Terraform's, so that nothing is looked for in AWS before it.
    (tmp_path / "cdk.tf.json").write_text('{"terraform": {"cloud": {}}}', encoding="utf-8")
    environment = {
        **os.environ,
        "PYTHONPATH": str(ROOT),
        "FOLDER": str(tmp_path),
        "TERRAFORM_BINARY_NAME": str(tmp_path / "real-terraform"),
    }
    started = subprocess.Popen(
        [sys.executable, "-c", RUN, str(tmp_path / "node")],
        cwd=tmp_path,
        env=environment,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    while not (tmp_path / "begun").exists():
        assert started.poll() is None, started.communicate()
        time.sleep(0.02)
    return started


@pytest.mark.parametrize("interruption", [signal.SIGINT, signal.SIGTERM])
def test_it_waits_for_terraform_to_complete(
    process: subprocess.Popen[str], tmp_path: Path, interruption: signal.Signals
) -> None:
    process.send_signal(interruption)
    _, errors = process.communicate(timeout=10)
    assert process.returncode == 1
    assert (tmp_path / "terraform").read_text(encoding="utf-8") == "completed\n"
    assert "Terraform completes the stack" in errors


def test_a_second_interruption_stops_terraform(
    process: subprocess.Popen[str], tmp_path: Path
) -> None:
    os.killpg(process.pid, signal.SIGINT)
    time.sleep(0.2)
    os.killpg(process.pid, signal.SIGINT)
    process.communicate(timeout=10)
    assert (tmp_path / "terraform").read_text(encoding="utf-8") == "stopped\n"


def test_without_terraform_it_says_what_to_install() -> None:
    ended = subprocess.run(
        [sys.executable, "-m", "modules.cdktf_cli", "deploy"],
        cwd=ROOT,
        env={"PATH": "/nowhere"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.returncode == 2
    assert ended.stderr.count("\n") == 1
    assert "install Terraform" in ended.stderr


@pytest.mark.parametrize(
    ("given", "mirror", "expected"),
    [
        (["deploy", "*"], True, ["deploy", "*", "--skip-provider-lock"]),
        (["diff", "--skip-provider-lock"], True, ["diff", "--skip-provider-lock"]),
        (["synth"], True, ["synth"]),
        (["deploy", "*"], False, ["deploy", "*"]),
    ],
)
def test_no_lock_is_asked_of_a_mirror(
    tmp_path: Path, given: list[str], mirror: bool, expected: list[str]
) -> None:
    """A CLI configuration of the user's own may well reach a registry."""
    configuration = tmp_path / "found" if mirror else tmp_path.parent / "users"
    environment = {"TF_CLI_CONFIG_FILE": str(configuration)}
    assert cdktf_cli._arguments(given, environment, tmp_path) == expected
