"""Processes that run scripts, kept for the next run: what a script imports and makes takes time."""

from __future__ import annotations

import atexit
import contextlib
import json
import os
import select
import struct
import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from modules.local_aws.automation.script_template import Forked, Template

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

    def __init__(self, forked: Forked) -> None:
        self.forked = forked
        self.received = bytearray()
        self.is_clean = True  # nothing of its last script is at work in it any more

    def answer(self, question: Mapping[str, Any], reply: Reply, elapsed: float) -> None:
        """Answer a question; `elapsed` is the script's clock. WorkerGoneError."""
        self.write({**reply.fields, "to": question["number"], "elapsed": elapsed}, reply.body)

    def write(self, message: dict[str, Any], body: bytes = b"") -> None:
        """Send a message. WorkerGoneError."""
        data = json.dumps(message).encode()
        jobs = self.forked.jobs
        try:
            jobs.write(_LENGTHS.pack(len(data), len(body)) + data + body)
            jobs.flush()
        except BrokenPipeError as error:
            raise WorkerGoneError from error

    def read(self, seconds: float) -> dict[str, Any] | None:
        """The next message, or None where none comes in that time. WorkerGoneError.

        More than one may be on its way: the threads of a script call at the same time.
        """
        while (message := self._received()) is None:
            if not self._has_news(seconds):
                return None
            received = os.read(self.forked.messages, _PIECE)
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

    def _has_news(self, seconds: float) -> bool:
        ready, _, _ = select.select([self.forked.messages], [], [], seconds)
        return bool(ready)

    @property
    def is_gone(self) -> bool:
        """Of one that waits for work: whether it was killed. It has nothing else to say."""
        return self._has_news(0)

    def close(self) -> None:
        """Close the pipes of a process that has ended."""
        with contextlib.suppress(BrokenPipeError):
            self.forked.jobs.close()
        os.close(self.forked.messages)


@dataclass
class Pool:
    """Processes that wait for work, each for one script: `key` says which.

    They hold nothing of a run, so all embedded AWSs share them.
    """

    idle: list[tuple[str, Worker]] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)
    template: Template | None = None
    forking: threading.Lock = field(default_factory=threading.Lock)

    @contextlib.contextmanager
    def borrow(self, key: str) -> Iterator[Worker]:
        """A process for a run of a script; ended after it, unless all of that came to its end."""
        worker = self._take(key) or self._new()
        try:
            yield worker
        except BaseException:
            self._end(worker)
            raise
        if worker.is_clean:
            self._give_back(key, worker)
        else:
            self._end(worker)

    def _take(self, key: str) -> Worker | None:
        """One that is there for this script, and was not killed meanwhile."""
        while (worker := self._pop(key)) and worker.is_gone:
            self._end(worker)
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
            self._end(longest)

    def _new(self) -> Worker:
        """A new process, of a new template where the last one is of no use any more."""
        with self.forking:
            if self.template:
                with contextlib.suppress(OSError):
                    return Worker(self.template.fork())
                self.template.close()
            self.template = Template()
            return Worker(self.template.fork())

    def _end(self, worker: Worker) -> None:
        with self.forking, contextlib.suppress(OSError):
            if self.template:
                self.template.end(worker.forked)
        worker.close()

    def close(self) -> None:
        """End all of them."""
        with self.lock:
            idle, self.idle = self.idle, []
        for _, worker in idle:
            self._end(worker)
        with self.forking:
            if self.template:
                self.template.close()
            self.template = None


POOL = Pool()
atexit.register(POOL.close)
