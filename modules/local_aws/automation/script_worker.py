"""Runs a script of an aws:executeScript step, again and again. A process of its own.

Python, boto3 and the clients that a script makes are there from its second run on: they take most
of a second. Each run has a fresh module, environment, logging and credentials. Another script has
another process, so that it finds nothing of this one; see `script_pool`.

AWS calls do not go over the network: they are handed to whoever started this process, and so is
waiting. `time.time` and `time.monotonic` show a script the time that it would have in AWS;
`datetime` is the machine's, as signatures are made with it. A process that a script forks off has
none of this: it calls the embedded AWS over the network, and its time is the machine's.

A message is two lengths of four bytes, JSON, and bytes: its `body`. Threads of a script call at the
same time: their messages have numbers, and answers say which one they are for. Runs alone: it
imports nothing of ours.
"""

from __future__ import annotations

import contextlib
import io
import json
import logging
import os
import pickle
import signal
import struct
import sys
import threading
import time
import traceback
from collections.abc import Callable, Iterator
from functools import cache
from itertools import count
from types import CodeType, ModuleType
from typing import Any, BinaryIO

import boto3
import botocore.session
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSPreparedRequest, AWSResponse
from botocore.compat import HTTPHeaders
from botocore.config import Config
from botocore.credentials import Credentials
from botocore.httpsession import URLLib3Session

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


class Clients:
    """The clients that a script makes, kept for its next run."""

    def __init__(self) -> None:
        self.credentials = Credentials("", "", "")
        self.create = boto3.client
        self.kept: dict[bytes, Any] = {}
        core = botocore.session.Session()
        vars(core)["_credentials"] = self.credentials
        # Otherwise botocore would put together at each call what nobody here looks at.
        core.set_default_client_config(Config(user_agent="embedded-aws"))
        self.session = boto3.Session(botocore_session=core)

    def begin(self, environment: dict[str, str]) -> None:
        """Take over a run's environment, its credentials among it."""
        os.environ.clear()
        os.environ.update(environment)
        self.credentials.access_key = environment.get("AWS_ACCESS_KEY_ID", "")
        self.credentials.secret_key = environment.get("AWS_SECRET_ACCESS_KEY", "")
        self.credentials.token = environment.get("AWS_SESSION_TOKEN", "")
        has_role = "AWS_ACCESS_KEY_ID" in environment
        boto3.DEFAULT_SESSION = self.session if has_role else None

    def client(self, *arguments: Any, **options: Any) -> Any:
        """In the place of boto3.client: one that is there, or a new one."""
        place = os.environ.get("AWS_REGION"), os.environ.get("AWS_ENDPOINT_URL")
        with_role = boto3.DEFAULT_SESSION is self.session
        try:
            key = pickle.dumps((arguments, sorted(options.items()), place))
        except (pickle.PicklingError, AttributeError, TypeError):
            return self.create(*arguments, **options)
        if not with_role:
            return self.create(*arguments, **options)
        if key not in self.kept:
            self.kept[key] = self.create(*arguments, **options)
        return self.kept[key]


@cache
def compiled(script: str) -> CodeType:
    """A script as code: a process has one script, and compiling takes longer than most runs."""
    return compile(script, "<script>", "exec", dont_inherit=True)


class _Log(io.BytesIO):
    def close(self) -> None:
        """A script may close its output: what it printed until then stays."""


@cache
def output() -> tuple[_Log, io.TextIOWrapper]:
    """Where runs print to, the same for all: what logs in a Lambda function keeps its stream."""
    log = _Log()
    return log, io.TextIOWrapper(log, encoding="utf-8", errors="replace")


def run(job: dict[str, Any]) -> dict[str, Any]:
    """Call a script's handler; what it returns, or why it failed, and what it printed."""
    log, printed = output()
    log.seek(0)
    log.truncate()
    try:
        with contextlib.redirect_stdout(printed), contextlib.redirect_stderr(printed):
            module = sys.modules["automation"] = ModuleType("automation")
            exec(compiled(job["script"]), vars(module))  # noqa: S102  # its purpose
            value = vars(module)[job["handler"]](job["events"], job["context"])
            json.dumps(value)
        ending = {"do": "done", "value": value}
    except BaseException as error:  # noqa: BLE001  # whatever a script raises
        frames = [f for f in traceback.extract_tb(error.__traceback__) if f.filename != __file__]
        trace = "".join(traceback.format_list(frames))
        reason = "".join(traceback.format_exception_only(error)).strip()
        failure = f"Traceback (most recent call last):\n{trace}{reason}"
        ending = {"do": "failed", "failure": failure}
    try:
        printed.flush()
    except ValueError:  # it is closed
        output.cache_clear()
    return {**ending, "log": log.getvalue().decode(errors="replace"), "is_clean": is_clean()}


def is_clean() -> bool:
    """Whether a script has left no thread and no process of its own behind."""
    with contextlib.suppress(ChildProcessError):  # there is none
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass  # that one has ended
        return False
    return threading.active_count() == 1


def forget_logging() -> None:
    """Undo what a script has set, as it will set it again: each line would be there twice."""
    for logger in (logging.root, *logging.root.manager.loggerDict.values()):
        if isinstance(logger, logging.Logger):
            kept = [each for each in logger.handlers if isinstance(each, logging.NullHandler)]
            logger.handlers[:] = kept
            level = logging.WARNING if logger is logging.root else logging.NOTSET
            if logger.level != level:  # to set it takes a look at all loggers
                logger.setLevel(level)


def serve(starter: Starter, clients: Clients, job: dict[str, Any]) -> None:
    """Run one job."""
    process = os.getpid()
    starter.begin(job["started"], job["elapsed"])
    clients.begin(job["environment"])
    if job["is_fresh"]:
        forget_logging()
    ending = run(job)
    if os.getpid() != process:  # the script forked, and here its child is at the handler's end
        os._exit(0)
    starter.write(ending)


def stand_in(starter: Starter, clients: Clients) -> None:
    """Put what is here in the place of network and time; not in processes that a script forks."""
    stand_ins = (
        (URLLib3Session, "send", starter.send),
        (boto3, "client", clients.client),
        (time, "sleep", starter.sleep),
        (time, "time", starter.now),
        (time, "monotonic", starter.monotonic),
        # Of a signature the embedded AWS looks at the key, the region and the service alone.
        (SigV4Auth, "canonical_request", lambda _auth, _request: ""),
        (SigV4Auth, "string_to_sign", lambda _auth, _request, _canonical: ""),
        (SigV4Auth, "signature", lambda _auth, _text, _request: "0"),
    )
    originals = [(holder, name, getattr(holder, name)) for holder, name, _ in stand_ins]

    def put(each: list[tuple[Any, str, Any]]) -> None:
        for holder, name, value in each:
            setattr(holder, name, value)

    put(list(stand_ins))
    os.register_at_fork(after_in_child=lambda: put(originals))


def main() -> None:
    """Run jobs until there are no more. A script's own standard streams are empty."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for whoever started this process
    starter = Starter(os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb"))
    nothing = os.open(os.devnull, os.O_RDWR)
    os.dup2(nothing, 0)
    os.dup2(nothing, 1)
    clients = Clients()
    stand_in(starter, clients)
    while (job := starter.read()) is not None:
        serve(starter, clients, job)


if __name__ == "__main__":
    main()
