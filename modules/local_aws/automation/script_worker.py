"""Runs the scripts of aws:executeScript steps. A process of its own, which forks for each script.

So a script finds nothing of the one before, and yet does not wait for Python and boto3 to load,
which takes most of a second. The clients that a script made are made again beforehand for the next.

AWS calls do not go over the network: they are handed to whoever started this process, and so is
waiting. A script's clock shows the time that it would take in AWS.

A message is its length in four bytes and JSON. Runs alone: it imports nothing of ours.
"""

from __future__ import annotations

import contextlib
import gc
import io
import json
import os
import pickle
import struct
import threading
import time
import traceback
from collections.abc import Iterator
from typing import Any, BinaryIO

import boto3
import botocore.loaders
import botocore.session
from botocore.awsrequest import AWSPreparedRequest, AWSResponse
from botocore.compat import HTTPHeaders
from botocore.credentials import Credentials
from botocore.httpsession import URLLib3Session

ANSWERED = 113  # the exit status of a script's process that has sent its result


class Starter:
    """Whoever started this process: asked for what a script does not do itself."""

    def __init__(self, incoming: BinaryIO, outgoing: BinaryIO) -> None:
        self.incoming = incoming
        self.outgoing = outgoing
        self.started = 0.0  # the execution's start, in seconds since the epoch
        self.elapsed = 0.0  # of the execution's clock, as of the last answer
        self.talking = threading.Lock()

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
        """Send a message and wait for the answer; one thread of a script after the other."""
        with self.talking:
            self.write(message)
            answer = self.read()
            if answer is None:
                os._exit(1)
            self.elapsed = answer["elapsed"]
            return answer

    def send(self, request: AWSPreparedRequest) -> AWSResponse:
        """An AWS call, in the place of botocore's HTTP session."""
        body: Any = request.body or b""
        body = body.read() if hasattr(body, "read") else body
        body = body.encode() if isinstance(body, str) else bytes(body)
        answer = self.ask(
            {
                "do": "call",
                "method": request.method,
                "url": request.url,
                "headers": {key: _text(value) for key, value in request.headers.items()},
                "body": body.decode("latin-1"),
            }
        )
        headers = HTTPHeaders()
        for key, value in answer["headers"].items():
            headers[key] = value
        raw = _Body(answer["body"].encode("latin-1"))
        return AWSResponse(request.url, answer["status"], headers, raw)

    def sleep(self, seconds: float) -> None:
        """Waiting, in the place of time.sleep."""
        self.ask({"do": "wait", "seconds": float(seconds)})

    def now(self) -> float:
        """The execution's time, in the place of time.time."""
        return self.started + self.elapsed


class _Body(io.BytesIO):
    def stream(self, amt: int = 65536, **_options: object) -> Iterator[bytes]:
        """The body in pieces, as urllib3 gives it."""
        while piece := self.read(amt):
            yield piece


def _text(value: str | bytes) -> str:
    return value.decode() if isinstance(value, bytes) else str(value)


class Clients:
    """Clients that are made before a script asks for them, each for one script's process."""

    def __init__(self) -> None:
        self.credentials = Credentials("", "", "")
        loader = botocore.loaders.Loader()
        # Every session of every script reads the services' models through this one.
        vars(botocore.loaders)["create_loader"] = lambda _paths=None: loader
        self.session = self._new_session()
        self.create = boto3.client
        self.ready: dict[bytes, Any] = {}
        self.asked: list[bytes] = []

    def _new_session(self) -> boto3.Session:
        core = botocore.session.Session()
        vars(core)["_credentials"] = self.credentials
        return boto3.Session(botocore_session=core)

    def begin(self, environment: dict[str, str]) -> None:
        """Take over a run's environment, its credentials among it."""
        os.environ.clear()
        os.environ.update(environment)
        self.credentials.access_key = environment.get("AWS_ACCESS_KEY_ID", "")
        self.credentials.secret_key = environment.get("AWS_SECRET_ACCESS_KEY", "")
        self.credentials.token = environment.get("AWS_SESSION_TOKEN", "")
        has_role = "AWS_ACCESS_KEY_ID" in environment
        boto3.DEFAULT_SESSION = self.session if has_role else None
        self.asked = []

    def client(self, *arguments: Any, **options: Any) -> Any:
        """In the place of boto3.client: one that is ready, or a new one."""
        place = os.environ.get("AWS_REGION"), os.environ.get("AWS_ENDPOINT_URL")
        try:
            key = pickle.dumps((arguments, sorted(options.items()), place))
        except (pickle.PicklingError, AttributeError, TypeError):
            return self.create(*arguments, **options)
        self.asked.append(key)
        return self.ready.pop(key, None) or self.create(*arguments, **options)

    def prepare(self, asked: list[bytes]) -> None:
        """Make what the last script asked for, in the environment that it had."""
        for key in asked:
            if key not in self.ready and boto3.DEFAULT_SESSION is self.session:
                arguments, options, _place = pickle.loads(key)  # noqa: S301  # of this process
                with contextlib.suppress(Exception):  # the script was told what is wrong with it
                    self.ready[key] = self.create(*arguments, **dict(options))


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


def serve(starter: Starter, clients: Clients, job: dict[str, Any]) -> None:
    """Run one job in a process of its own, and get ready for the next."""
    starter.started, starter.elapsed = job["started"], job["elapsed"]
    clients.begin(job["environment"])
    listening, telling = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(listening)
        result = run(job)
        os.write(telling, pickle.dumps(clients.asked)[:65536])
        starter.write(result)
        os._exit(ANSWERED)
    os.close(telling)
    with os.fdopen(listening, "rb") as pipe:
        asked = pipe.read()
    _, status = os.waitpid(child, 0)
    if os.waitstatus_to_exitcode(status) != ANSWERED:
        failure = "The script's process ended without an answer."
        starter.write({"do": "failed", "failure": failure, "log": ""})
        return
    clients.prepare(pickle.loads(asked))  # noqa: S301  # from the process's own fork
    gc.freeze()


def main() -> None:
    """Run jobs until there are no more. A script's own standard streams are empty."""
    starter = Starter(os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb"))
    nothing = os.open(os.devnull, os.O_RDWR)
    os.dup2(nothing, 0)
    os.dup2(nothing, 1)
    clients = Clients()
    for holder, name, stand_in in (
        (URLLib3Session, "send", starter.send),
        (boto3, "client", clients.client),
        (time, "sleep", starter.sleep),
        (time, "time", starter.now),
        (time, "monotonic", lambda: starter.elapsed),
    ):
        setattr(holder, name, stand_in)
    gc.freeze()
    while (job := starter.read()) is not None:
        serve(starter, clients, job)


if __name__ == "__main__":
    main()
