"""Processes for scripts, forked off a template: to start Python and boto3 takes half a second."""

from __future__ import annotations

import os
import socket
import struct
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

_NUMBER = struct.Struct(">i")
_FOLDER = str(Path(__file__).parent)
_START = (
    "import sys; sys.path.append(sys.argv.pop()); "
    "from script_process.template import main; sys.path.pop(); main()"
)


@dataclass(frozen=True)
class Forked:
    """A process of a script: its ID, what it reads, and where to read what it writes."""

    id: int
    jobs: BinaryIO
    messages: int


class Template:
    """The process that others are forked off. OSError where it is gone, or was interrupted."""

    def __init__(self) -> None:
        self.control, its = socket.socketpair()
        with its:
            # -I: nothing of this process's Python path or user folders gets in.
            line = [sys.executable, "-I", "-c", _START, _FOLDER]
            self.process = subprocess.Popen(
                line, stdin=its.fileno(), env=_environment(), start_new_session=True
            )

    def fork(self) -> Forked:
        """A new process."""
        (read, jobs), (messages, write) = os.pipe(), os.pipe()
        try:
            process = self._ask(0, (read, write))
        except OSError:
            os.close(jobs)
            os.close(messages)
            raise
        finally:
            os.close(read)
            os.close(write)
        return Forked(process, os.fdopen(jobs, "wb"), messages)

    def end(self, forked: Forked) -> None:
        """End a process, whatever it does."""
        self._ask(forked.id)

    def close(self) -> None:
        """End it."""
        self.control.close()
        self.process.wait()

    def _ask(self, number: int, pipes: Sequence[int] = ()) -> int:
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
