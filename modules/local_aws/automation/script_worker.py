"""Runs the scripts of aws:executeScript steps, one after the other. A process of its own.

Each script gets a fresh namespace, environment and set of clients. What is kept from run to run is
boto3 itself and the services' models, which take most of a second to load. AWS calls do not go over
the network: they are handed to whoever started this process, as is waiting, so that a script's
clock shows the time that it would take in AWS.

A message is its length in four bytes and JSON. Runs alone: it imports nothing of ours.
"""

from __future__ import annotations

import contextlib
import io
import json
import os
import struct
import time
import traceback
from collections.abc import Iterator
from typing import Any, BinaryIO

import boto3
import botocore.session
from botocore.awsrequest import AWSPreparedRequest, AWSResponse
from botocore.compat import HTTPHeaders
from botocore.httpsession import URLLib3Session


class Parent:
    """The other end: asks it for what this process does not do itself."""

    def __init__(self, incoming: BinaryIO, outgoing: BinaryIO) -> None:
        self.incoming = incoming
        self.outgoing = outgoing
        self.elapsed = 0.0  # of the execution's clock, as of the last answer
        self.started = 0.0

    def read(self) -> dict[str, Any] | None:
        """The next message; None where there will be no more."""
        size = self.incoming.read(4)
        if len(size) < 4:
            return None
        return dict(json.loads(self.incoming.read(struct.unpack(">I", size)[0])))

    def write(self, message: dict[str, Any]) -> None:
        """Send a message."""
        data = json.dumps(message).encode()
        self.outgoing.write(struct.pack(">I", len(data)) + data)
        self.outgoing.flush()

    def ask(self, message: dict[str, Any]) -> dict[str, Any]:
        """Send a message and wait for the answer."""
        self.write(message)
        answer = self.read()
        if answer is None:
            os._exit(1)
        self.elapsed = answer["elapsed"]
        return answer

    def now(self) -> float:
        """The execution's time in seconds since the epoch."""
        return self.started + self.elapsed


class _Body(io.BytesIO):
    def stream(self, amt: int = 65536, **_options: object) -> Iterator[bytes]:
        """The body in pieces, as urllib3 gives it."""
        while piece := self.read(amt):
            yield piece


def _text(value: str | bytes) -> str:
    return value.decode() if isinstance(value, bytes) else str(value)


def install(parent: Parent) -> None:
    """Let AWS calls, waiting and the clock go through the parent."""

    def send(_session: object, request: AWSPreparedRequest) -> AWSResponse:
        body: Any = request.body or b""
        body = body.read() if hasattr(body, "read") else body
        body = body.encode() if isinstance(body, str) else bytes(body)
        answer = parent.ask(
            {
                "do": "call",
                "method": request.method,
                "url": request.url,
                "headers": {key: _text(value) for key, value in request.headers.items()},
                "body": body.decode("latin-1"),
            }
        )
        raw = _Body(answer["body"].encode("latin-1"))
        headers = HTTPHeaders()
        for key, value in answer["headers"].items():
            headers[key] = value
        return AWSResponse(request.url, answer["status"], headers, raw)

    def sleep(seconds: float) -> None:
        parent.ask({"do": "wait", "seconds": float(seconds)})

    for holder, name, stand_in in (
        (URLLib3Session, "send", send),
        (time, "sleep", sleep),
        (time, "time", parent.now),
        (time, "monotonic", lambda: parent.elapsed),
    ):
        setattr(holder, name, stand_in)


class Sessions:
    """boto3's default session for each run, over one botocore session that keeps its models."""

    def __init__(self) -> None:
        self.core = botocore.session.Session()

    def start(self, environment: dict[str, str]) -> None:
        """Begin a run: its credentials and region, and nothing of the one before."""
        os.environ.clear()
        os.environ.update(environment)
        loader = self.core.get_component("data_loader")
        self.core = botocore.session.Session()
        self.core.register_component("data_loader", loader)
        if "AWS_ACCESS_KEY_ID" in environment:
            self.core.set_credentials(
                environment["AWS_ACCESS_KEY_ID"],
                environment["AWS_SECRET_ACCESS_KEY"],
                environment["AWS_SESSION_TOKEN"],
            )
        boto3.DEFAULT_SESSION = boto3.Session(botocore_session=self.core)


def run(job: dict[str, Any]) -> dict[str, Any]:
    """Call a script's handler; what it returns, or why it failed, and what it printed."""
    printed = io.StringIO()
    try:
        with contextlib.redirect_stdout(printed), contextlib.redirect_stderr(printed):
            namespace: dict[str, Any] = {"__name__": "automation"}
            exec(compile(job["script"], "<script>", "exec"), namespace)  # noqa: S102  # its purpose
            value = namespace[job["handler"]](job["events"], job["context"])
            json.dumps(value)
    except (Exception, SystemExit) as error:  # noqa: BLE001  # whatever a script raises
        frames = [f for f in traceback.extract_tb(error.__traceback__) if f.filename != __file__]
        trace = "".join(traceback.format_list(frames))
        reason = "".join(traceback.format_exception_only(error)).strip()
        failure = f"Traceback (most recent call last):\n{trace}{reason}"
        return {"do": "failed", "failure": failure, "log": printed.getvalue()}
    return {"do": "done", "value": value, "log": printed.getvalue()}


def main() -> None:
    """Run jobs until there are no more. Only this function writes to the real standard output."""
    parent = Parent(
        os.fdopen(os.dup(0), "rb"),  # a script that reads standard input gets nothing
        os.fdopen(os.dup(1), "wb"),
    )
    nothing = os.open(os.devnull, os.O_RDWR)
    os.dup2(nothing, 0)
    os.dup2(nothing, 1)
    install(parent)
    sessions = Sessions()
    while (job := parent.read()) is not None:
        parent.started, parent.elapsed = job["started"], job["elapsed"]
        sessions.start(job["environment"])
        parent.write(run(job))


if __name__ == "__main__":
    main()
