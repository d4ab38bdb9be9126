"""Terraform behind the shim: signals reach it where that is safe, and never twice."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from modules import terraform_shim

# Stands for Terraform: writes down the signals that arrive, and ends soon after the first.
FAKE = """
import pathlib, signal, sys, time
seen = []
for each in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
    signal.signal(each, lambda number, _: seen.append(signal.Signals(number).name))
pathlib.Path(sys.argv[0]).with_suffix(".ready").touch()
end = time.monotonic() + 0.4
while not seen and time.monotonic() < end:
    time.sleep(0.02)
time.sleep(0.1)
print(*seen)
sys.exit(3)
"""
INTERRUPTIONS = [signal.SIGINT, signal.SIGTERM, signal.SIGHUP]


def run(folder: Path, verb: str, *signals: signal.Signals) -> tuple[int, str]:
    """The exit status and the signals that Terraform saw."""
    fake, pids, terraform = folder / "fake.py", folder / "pids", folder / "terraform"
    fake.write_text(FAKE, encoding="utf-8")
    terraform.write_text(f"#!/bin/sh\nexec {sys.executable} -S {fake}\n", encoding="utf-8")
    terraform.chmod(0o755)
    command = [sys.executable, terraform_shim.__file__, str(pids), str(terraform), verb]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        while not fake.with_suffix(".ready").exists():
            time.sleep(0.01)
        time.sleep(0.05)
        for each in signals:
            os.kill(int(pids.read_text(encoding="ascii")), each)
            time.sleep(0.02)
        output, _ = process.communicate()
    return process.returncode, output.strip()


@pytest.mark.parametrize("verb", ["apply", "destroy"])
def test_what_writes_goes_on(tmp_path: Path, verb: str) -> None:
    assert run(tmp_path, verb, *INTERRUPTIONS) == (3, "")


@pytest.mark.parametrize("interruption", INTERRUPTIONS)
def test_what_only_reads_is_interrupted_once(tmp_path: Path, interruption: signal.Signals) -> None:
    assert run(tmp_path, "plan", interruption, *INTERRUPTIONS) == (3, "SIGINT")


def test_an_apply_can_be_stopped_nevertheless(tmp_path: Path) -> None:
    stop = terraform_shim.STOP
    assert run(tmp_path, "apply", signal.SIGINT, stop, stop) == (3, "SIGINT")
