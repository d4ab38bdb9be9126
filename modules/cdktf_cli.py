"""The `cdktf` command: the pinned cdktf-cli, with an apply that no interruption cuts off.

It runs cdktf-cli with the virtual environment's Node and Python, whether or not that environment
is activated, with a provider mirror where one is found, and lets it start Terraform through
`terraform_shim`; an apply begins only where it doubles no association (`commands.apply_guard`).
Interrupted (SIGINT, SIGTERM or SIGHUP), cdktf-cli ends at once and starts no further stack; this
command ends when Terraform has completed the stacks under way. Interrupted again, it stops
Terraform.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import shlex
import signal
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from types import FrameType

from modules import terraform_shim
from modules.provider.node import bundled_node
from modules.terraform_cli import TerraformCliError, find_terraform, terraform_environment

PROJECT = Path(__file__).parents[1]
CDKTF = PROJECT / "node_modules" / "cdktf-cli" / "bundle" / "bin" / "cdktf"
# cdktf-cli runs it in a stack's folder. Its Python has to find this project from there.
LAUNCHER = """#!/bin/sh
if [ "$1" = apply ]; then
    PYTHONPATH={project} {python} -m modules.commands.apply_guard || exit 1
fi
exec {shim} "$@"
"""
STILL_RUNNING = """
Interrupted. Terraform completes the stack that it is at, so that its state misses nothing; no other
stack is begun. To stop it at once, interrupt again; then run `patch-policy preflight`, which names
what the state misses.
"""


def main() -> int:
    """Run cdktf-cli with this process's arguments, and return its exit status."""
    try:
        terraform = find_terraform()
        node = _find_node()
    except TerraformCliError as error:
        sys.stderr.write(f"{error}\n")
        return 2
    with tempfile.TemporaryDirectory(prefix="cdktf-") as name:
        pids = Path(name, "pids")
        pids.touch()
        launcher = _write_launcher(Path(name, "terraform"), pids, terraform)
        environment = _environment(Path(name), launcher)
        process = subprocess.Popen([node, str(CDKTF), *sys.argv[1:]], env=environment)
        _handle_interruptions(process, pids)
        status = process.wait()
        _wait_for_terraform(pids)
    return status if status >= 0 else 128 - status  # as a shell reports a signal


def _find_node() -> str:
    """Node's own binary: the script beside Python would not pass signals on."""
    node = bundled_node()
    if node is None or not CDKTF.is_file():
        raise TerraformCliError(f"{CDKTF} or Node is not there; run: make install")
    return str(node)


def _write_launcher(launcher: Path, pids: Path, terraform: str) -> Path:
    shim = [sys.executable, "-I", "-S", terraform_shim.__file__, str(pids), terraform]
    text = LAUNCHER.format(
        project=shlex.quote(str(PROJECT)),
        python=shlex.quote(sys.executable),
        shim=shlex.join(shim),
    )
    launcher.write_text(text, encoding="utf-8")
    launcher.chmod(0o755)
    return launcher


def _environment(folder: Path, launcher: Path) -> Mapping[str, str]:
    tools = str(Path(sys.executable).parent)  # `node` for jsii, `python` for the app
    path = os.pathsep.join([tools, os.environ.get("PATH", os.defpath)])
    own = {"PATH": path, "TERRAFORM_BINARY_NAME": str(launcher)}
    return {**terraform_environment(folder), **own}


def _handle_interruptions(process: subprocess.Popen[bytes], pids: Path) -> None:
    def interrupt(number: int, _frame: FrameType | None) -> None:
        if process.poll() is None:
            process.send_signal(number)
            return
        for pid in pids.read_text(encoding="ascii").split():
            with contextlib.suppress(ProcessLookupError):
                os.kill(int(pid), terraform_shim.STOP)

    for each in terraform_shim.INTERRUPTIONS:
        signal.signal(each, interrupt)


def _wait_for_terraform(pids: Path) -> None:
    with pids.open("ab") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            sys.stderr.write(STILL_RUNNING)
            sys.stderr.flush()
            fcntl.flock(file, fcntl.LOCK_EX)


if __name__ == "__main__":
    sys.exit(main())
