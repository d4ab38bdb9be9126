"""Processes for scripts, forked off a template: to start Python and boto3 takes half a second."""

from __future__ import annotations

import contextlib
import os
import select
import signal
import socket
import struct
import subprocess
import sys
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

_NUMBER = struct.Struct(">i")
_FORK = 0
_FOLDER = str(Path(__file__).parent)
_START = (
    "import sys; sys.path.append(sys.argv.pop()); "
    "from script_process.template import main; sys.path.pop(); main()"
)


@dataclass(frozen=True)
class Forked:
    """A process of a script: its ID, what it reads, and where to read what it writes."""

    template: Template
    id: int
    jobs: BinaryIO
    messages: int

    def has_news(self, seconds: float) -> bool:
        """Whether there is something to read, or it has ended; waits so long at most."""
        ready, _, _ = select.select([self.messages], [], [], seconds)
        return bool(ready)

    def end(self) -> None:
        """End it, whatever it does."""
        try:
            self.template.end(self)
        finally:
            with contextlib.suppress(BrokenPipeError):
                self.jobs.close()
            os.close(self.messages)


class Template:
    """The process that others are forked off. `fork` raises OSError where it is of no use any more:
    it was killed, or interrupted while it was asked.
    """

    def __init__(self) -> None:
        self.asking = threading.Lock()
        self.control, its = socket.socketpair()
        with its:
            # -I: nothing of this process's Python path or user folders gets in.
            self.process = subprocess.Popen(
                [sys.executable, "-I", "-c", _START, _FOLDER],
                stdin=its.fileno(),
                stdout=subprocess.DEVNULL,
                env=_environment(),
                start_new_session=True,
            )

    def fork(self) -> Forked:
        """A new process."""
        (read, jobs), (messages, write) = os.pipe(), os.pipe()
        try:
            process = self._ask(_FORK, (read, write))
        except BaseException:
            os.close(jobs)
            os.close(messages)
            raise
        finally:
            os.close(read)
            os.close(write)
        return Forked(self, process, os.fdopen(jobs, "wb"), messages)

    def end(self, forked: Forked) -> None:
        """End a process. Without a template, only if it is sure to be there still."""
        try:
            self._ask(forked.id)
        except OSError:
            # As long as somebody of its group has its pipe, nobody else has the group's number.
            if not forked.has_news(0):
                with contextlib.suppress(ProcessLookupError):
                    os.killpg(forked.id, signal.SIGKILL)

    def close(self) -> None:
        """End it."""
        with contextlib.suppress(OSError):
            self.control.shutdown(socket.SHUT_RDWR)  # also where a fork of this process has it
        self.control.close()
        self.process.wait()

    def _ask(self, number: int, pipes: Sequence[int] = ()) -> int:
        with self.asking:
            try:
                socket.send_fds(self.control, [_NUMBER.pack(number)], pipes)
                answer = self.control.recv(_NUMBER.size)
            except BaseException:  # Ctrl-C: the answer that is still to come is not another one's
                self.control.close()
                raise
        if not answer:
            raise ConnectionResetError(
                "The process that those of scripts are forked off has ended."
            )
        (process,) = _NUMBER.unpack(answer)
        return int(process)


def _environment() -> dict[str, str]:
    """Without what the SDK looks at: the profile of whoever runs this is nothing to scripts."""
    others = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
    nothing = dict.fromkeys(("AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE"), os.devnull)
    return others | nothing
