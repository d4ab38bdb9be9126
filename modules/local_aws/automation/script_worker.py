"""A process that runs scripts, talked to: jobs, questions and answers."""

from __future__ import annotations

import json
import os
import struct
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from modules.local_aws.automation.script_template import Forked

_LENGTHS = struct.Struct(">II")
_PIECE = 1 << 16


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
            if not self.forked.has_news(seconds):
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

    @property
    def is_gone(self) -> bool:
        """Of one that waits for work: whether it was killed. It has nothing else to say."""
        return self.forked.has_news(0)
