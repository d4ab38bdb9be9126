"""`python main.py` stopped while Node starts and works: no process of Node's outlives it."""

from __future__ import annotations

import os
import shlex
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from modules.provider.node import bundled_node
from tests.synth.apps import ROOT, varied_policies, write_app

# jsii starts a second Node from the first; with these variables both are told from all others.
NODE = """#!/bin/sh
echo $$ > {started}
exec {node} "$@"
"""
MARK = "PATCH_POLICY_TEST_OF"


def processes(folder: Path) -> set[int]:
    """Those that were started in a test's environment and still run."""
    found = set()
    for each in Path("/proc").glob("[0-9]*"):
        try:
            environment = (each / "environ").read_bytes()
        except OSError:  # it has ended, or is somebody else's
            continue
        if f"{MARK}={folder}".encode() in environment.split(b"\0"):
            found.add(int(each.name))
    return found


@pytest.fixture
def run(tmp_path: Path) -> subprocess.Popen[str]:
    """`main.py` as the leader of a process group, at the moment when it has started Node; it has
    work for seconds.
    """
    app = write_app(tmp_path / "app", varied_policies())
    started, node = tmp_path / "started", tmp_path / "node"
    text = NODE.format(started=shlex.quote(str(started)), node=shlex.quote(str(bundled_node())))
    node.write_text(text, encoding="utf-8")
    node.chmod(0o755)
    process = subprocess.Popen(
        [sys.executable, str(ROOT / "main.py")],
        cwd=app,
        env={**os.environ, "JSII_NODE": str(node), MARK: str(tmp_path)},
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    wait_for(started, process)
    wait_for_two(tmp_path, process)
    return process


@pytest.mark.parametrize("moment", ["started", "app/cdktf.out"])
@pytest.mark.parametrize("stop", [signal.SIGINT, signal.SIGTERM])
def test_ctrl_c_and_a_stop_of_the_group_leave_no_node(
    run: subprocess.Popen[str], tmp_path: Path, stop: signal.Signals, moment: str
) -> None:
    """While Node starts, and while it draws."""
    wait_for(tmp_path / moment, run)
    os.killpg(run.pid, stop)
    run.communicate(timeout=30)
    assert run.returncode != 0
    wait_for_none(tmp_path)


@pytest.mark.parametrize("stop", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_a_stop_of_python_alone_leaves_no_node(
    run: subprocess.Popen[str], tmp_path: Path, stop: signal.Signals
) -> None:
    run.send_signal(stop)
    run.communicate(timeout=30)
    assert run.returncode != 0
    wait_for_none(tmp_path)


def wait_for(path: Path, process: subprocess.Popen[str]) -> None:
    while not path.exists():
        assert process.poll() is None, process.communicate()
        time.sleep(0.005)


def wait_for_two(folder: Path, process: subprocess.Popen[str]) -> None:
    """Python and Node: for an instant, while it becomes Node, a process shows no environment."""
    last = time.monotonic() + 30
    while len(found := processes(folder)) < 2:
        assert process.poll() is None, process.communicate()
        assert time.monotonic() < last, found
        time.sleep(0.005)


def wait_for_none(folder: Path) -> None:
    """Node ends by itself where Python could not end it: its input is closed."""
    last = time.monotonic() + 30
    while left := processes(folder):
        assert time.monotonic() < last, left
        time.sleep(0.02)
