"""Stands between the CDKTF command line and Terraform, so that no apply is cut off.

cdktf-cli 0.21 runs Terraform in a pseudo-terminal and leaves at once when it is interrupted: the
terminal goes away, SIGHUP kills Terraform in the middle of its calls, and what AWS creates for
them is in no state (open-constructs/cdk-terrain#283). Nor is Terraform's own way gentle enough: at
a SIGINT the AWS provider cancels the calls that are under way, and AWS creates all the same.

So Terraform has a session of its own here, and an apply or destroy goes on to its end. SIGUSR1 is
the way to stop one nevertheless; all other commands only read, and are stopped by any signal.

Run as a script, `terraform_shim.py PIDS TERRAFORM [ARGUMENT...]`; needs the standard library alone.
PIDS is a file that names this process, and is locked (shared) for as long as Terraform runs.
"""

from __future__ import annotations

import fcntl
import os
import signal
import subprocess
import sys
from types import FrameType

INTERRUPTIONS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
STOP = signal.SIGUSR1
WRITING = frozenset({"apply", "destroy"})


def main(pids: str, command: list[str]) -> int:
    """Run Terraform to its end, and return its exit status."""
    stopping = [STOP] if WRITING & set(command[1:2]) else [STOP, *INTERRUPTIONS]
    with open(pids, "a", encoding="ascii") as file:  # noqa: PTH123 - pathlib takes long to import
        fcntl.flock(file, fcntl.LOCK_SH)
        file.write(f"{os.getpid()}\n")
        file.flush()
        # Handlers, unlike ignored signals, are not inherited by the process.
        for each in INTERRUPTIONS:
            signal.signal(each, _go_on)
        process = subprocess.Popen(command, start_new_session=True)
        for each in stopping:
            signal.signal(each, lambda _signal, _frame: _stop(process))
        status = process.wait()
    return status if status >= 0 else 128 - status  # as a shell reports a signal


def _go_on(_signal: int, _frame: FrameType | None) -> None:
    """Terraform is in another session, and has not noticed."""


def _stop(process: subprocess.Popen[bytes]) -> None:
    for each in (STOP, *INTERRUPTIONS):
        signal.signal(each, _go_on)  # a second SIGINT would make Terraform drop its state
    process.send_signal(signal.SIGINT)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2:]))
