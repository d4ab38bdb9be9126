"""Whoever started a script's process: asked for AWS calls, and for time to pass.

A message is two lengths of four bytes, JSON, and bytes: its `body`. Threads of a script call at the
same time: their messages have numbers, and answers say which one they are for.
"""

from __future__ import annotations

import io
import json
import os
import struct
import threading
import time
from collections.abc import Callable, Iterator
from itertools import count
from typing import Any, BinaryIO

from botocore.awsrequest import AWSPreparedRequest, AWSResponse
from botocore.compat import HTTPHeaders

LENGTHS = struct.Struct(">II")
UNSEEN_SECONDS = 1  # of a script's own computing


class Starter:
    """Whoever started this process: asked for what a script does not do itself."""

    def __init__(self, incoming: BinaryIO, outgoing: BinaryIO) -> None:
        self.incoming = incoming
        self.outgoing = outgoing
        self.started = 0.0  # the execution's start, in seconds since the epoch
        self.elapsed = 0.0  # of the execution's clock, as of the last answer
        self.machine: Callable[[], float] = time.monotonic
        self.heard = 0.0  # when the machine's clock saw the last question or answer
        self.computed = 0.0  # the seconds that the script saw pass without asking for anything
        self.numbers = count(1)
        self.answers: dict[int, dict[str, Any]] = {}  # read by a thread that waits for another one
        self.reading = threading.Lock()
        self.writing = threading.Lock()

    def read(self) -> dict[str, Any] | None:
        """The next message; None where there will be no more."""
        lengths = self.incoming.read(LENGTHS.size)
        if len(lengths) < LENGTHS.size:
            return None
        of_json, of_body = LENGTHS.unpack(lengths)
        message: dict[str, Any] = json.loads(self.incoming.read(of_json))
        message["body"] = self.incoming.read(of_body)
        return message

    def write(self, message: dict[str, Any], body: bytes = b"") -> None:
        """Send a message. Half a surrogate is no text, and becomes a question mark."""
        data = json.dumps(message, ensure_ascii=False).encode(errors="replace")
        with self.writing:
            self.outgoing.write(LENGTHS.pack(len(data), len(body)) + data + body)
            self.outgoing.flush()

    def ask(self, message: dict[str, Any], body: bytes = b"") -> dict[str, Any]:
        """Send a message and wait for the answer to it."""
        number = next(self.numbers)
        self._hear()
        self.write({**message, "number": number}, body)
        while True:
            with self.reading:
                if number in self.answers:
                    return self.answers.pop(number)
                answer = self.read()
                if answer is None:
                    os._exit(1)
                self.elapsed, self.heard = answer["elapsed"], self.machine()
                self.answers[answer["to"]] = answer

    def send(self, request: AWSPreparedRequest) -> AWSResponse:
        """An AWS call, in the place of botocore's HTTP session."""
        body: Any = request.body or b""
        body = body.read() if hasattr(body, "read") else body
        body = body.encode() if isinstance(body, str) else bytes(body)
        asked = {
            "do": "call",
            "method": request.method,
            "url": request.url,
            "headers": {key: _text(value) for key, value in request.headers.items()},
        }
        answer = self.ask(asked, body)
        headers = HTTPHeaders()
        for key, value in answer["headers"].items():
            headers[key] = value
        return AWSResponse(request.url, answer["status"], headers, _Body(answer["body"]))

    def sleep(self, seconds: float) -> None:
        """Waiting, in the place of time.sleep."""
        self.ask({"do": "wait", "seconds": float(seconds)})

    def begin(self, started: float, elapsed: float) -> None:
        """Take over a run's time."""
        self.started, self.elapsed = started, elapsed
        self.heard, self.computed = self.machine(), 0.0

    def _hear(self) -> None:
        self.computed += self._silence()
        self.heard = self.machine()

    def _silence(self) -> float:
        """The time that a script has to see which waits by other means than time.sleep, as asyncio.

        Not that of a little computing, which is never the same twice.
        """
        return max(0.0, self.machine() - self.heard - UNSEEN_SECONDS)

    def now(self) -> float:
        """The execution's time, in the place of time.time."""
        return self.started + self.monotonic()

    def monotonic(self) -> float:
        """The execution's clock, in the place of time.monotonic."""
        return self.elapsed + self.computed + self._silence()


class _Body(io.BytesIO):
    def stream(self, amt: int = 65536, **_options: object) -> Iterator[bytes]:
        """The body in pieces, as urllib3 gives it."""
        while piece := self.read(amt):
            yield piece


def _text(value: str | bytes) -> str:
    return value.decode() if isinstance(value, bytes) else str(value)
