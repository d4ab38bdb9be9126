"""Processes that run scripts, kept warm: starting Python and boto3 takes most of a second."""

from __future__ import annotations

import atexit
import contextlib
import json
import os
import select
import signal
import struct
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

_WORKER = Path(__file__).with_name("script_worker.py")
_LENGTHS = struct.Struct(">II")
_PIECE = 1 << 16
_KEPT = 10  # idle processes: of six scripts four run on targets, two of these at a time


class WorkerGoneError(Exception):
    """The process ended in the middle of a script."""


@dataclass(frozen=True)
class Reply:
    """What a question of a script is answered with; waiting gives nothing."""

    fields: Mapping[str, Any] = field(default_factory=dict)
    body: bytes = b""


class Worker:
    """One process. A message is two lengths of four bytes, JSON, and bytes: its `body`."""

    def __init__(self) -> None:
        # -I: nothing of this process's Python path or user folders gets in.
        self.process = subprocess.Popen(
            [sys.executable, "-I", str(_WORKER)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            start_new_session=True,  # a process group, so that a script's process ends with it
        )
        self.received = bytearray()
        self.is_clean = True  # nothing of its last script is at work in it any more

    def answer(self, question: Mapping[str, Any], reply: Reply, elapsed: float) -> None:
        """Answer a question; `elapsed` is the script's clock. WorkerGoneError."""
        self.write({**reply.fields, "to": question["number"], "elapsed": elapsed}, reply.body)

    def write(self, message: dict[str, Any], body: bytes = b"") -> None:
        """Send a message. WorkerGoneError."""
        data = json.dumps(message).encode()
        stream = _stream(self.process.stdin)
        try:
            stream.write(_LENGTHS.pack(len(data), len(body)) + data + body)
            stream.flush()
        except BrokenPipeError as error:
            raise WorkerGoneError from error

    def read(self, seconds: float) -> dict[str, Any] | None:
        """The next message, or None where none comes in that time. WorkerGoneError.

        More than one may be on its way: the threads of a script call at the same time.
        """
        while (message := self._received()) is None:
            source = _stream(self.process.stdout).fileno()
            ready, _, _ = select.select([source], [], [], seconds)
            if not ready:
                return None
            received = os.read(source, _PIECE)
            if not received:
                raise WorkerGoneError
            self.received += received
        return message

    def _received(self) -> dict[str, Any] | None:
        """The first message, taken off what has come, if it is there whole."""
        if len(self.received) < _LENGTHS.size:
            return None
        of_json, of_body = _LENGTHS.unpack_from(self.received)
        middle = _LENGTHS.size + of_json
        end = middle + of_body
        if len(self.received) < end:
            return None
        message: dict[str, Any] = json.loads(self.received[_LENGTHS.size : middle])
        message["body"] = bytes(self.received[middle:end])
        self.is_clean = message.get("is_clean", True)
        del self.received[:end]
        return message

    def end(self) -> None:
        """End the process now."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()
        for stream in (self.process.stdin, self.process.stdout):
            with contextlib.suppress(BrokenPipeError):
                _stream(stream).close()


def _stream(stream: IO[bytes] | None) -> IO[bytes]:
    if stream is None:
        raise TypeError("a pipe was asked for")
    return stream


@dataclass
class Pool:
    """Processes that wait for work, each for one script: `key` says which.

    They hold nothing of a run, so all embedded AWSs share them.
    """

    idle: list[tuple[str, Worker]] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)

    @contextlib.contextmanager
    def borrow(self, key: str) -> Iterator[Worker]:
        """A process for a run of a script; ended after it, unless all of that came to its end."""
        worker = self._take(key) or Worker()
        try:
            yield worker
        except BaseException:
            worker.end()
            raise
        if worker.is_clean:
            self._give_back(key, worker)
        else:
            worker.end()

    def _take(self, key: str) -> Worker | None:
        """One that is there for this script, and was not killed meanwhile."""
        while (worker := self._pop(key)) and worker.process.poll() is not None:
            worker.end()
        return worker

    def _pop(self, key: str) -> Worker | None:
        with self.lock:
            for place in reversed(range(len(self.idle))):
                if self.idle[place][0] == key:
                    return self.idle.pop(place)[1]
        return None

    def _give_back(self, key: str, worker: Worker) -> None:
        """Keep it, and end the one that has waited longest where there are too many."""
        with self.lock:
            self.idle.append((key, worker))
            longest = self.idle.pop(0)[1] if len(self.idle) > _KEPT else None
        if longest:
            longest.end()

    def close(self) -> None:
        """End all of them."""
        with self.lock:
            idle, self.idle = self.idle, []
        for _, worker in idle:
            worker.end()


POOL = Pool()
atexit.register(POOL.close)
