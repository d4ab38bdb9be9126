"""One run of a Lambda function's zip in a Python process of its own.

Source: Lambda Developer Guide, "Understanding the Lambda execution environment lifecycle".
"""

from __future__ import annotations

import atexit
import hashlib
import io
import json
import os
import tempfile
import time
import uuid
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from modules.local_aws.automation.script_calls import carry_out
from modules.local_aws.automation.script_pool import POOL
from modules.local_aws.automation.script_worker import Reply, Worker, WorkerGoneError

if TYPE_CHECKING:
    from modules.local_aws.state import State

_CREDENTIALS = frozenset({"AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"})
_BOOTSTRAP = Path(__file__).with_name("lambda_bootstrap.py")


@dataclass(frozen=True, kw_only=True)
class Work:
    """What is to be run, and as whom: the environment holds the role's credentials."""

    code: bytes
    handler: str
    event: bytes
    timeout_seconds: int
    function_name: str
    function_arn: str
    memory_mb: int
    environment: Mapping[str, str]


@dataclass(frozen=True, kw_only=True)
class Run:
    """How it ended: the payload is the function's answer, or the error in Lambda's form."""

    request_id: str
    payload: bytes
    failed: bool
    lines: tuple[str, ...]


def run(state: State, work: Work) -> Run:
    """Execute a function's zip once, in a warm process.

    The function's time passes with its calls and its waiting; see `automation.script_process`.
    """
    request_id = str(uuid.uuid4())
    order = {
        "folder": str(_unpacked(work.code)),
        "handler": work.handler,
        "event": work.event.decode(),
        "request_id": request_id,
        "timeout_seconds": work.timeout_seconds,
        "function_name": work.function_name,
        "function_arn": work.function_arn,
        "memory_mb": work.memory_mb,
    }
    result, output = _execute(state, order, work)
    payload = json.dumps(result["error"] if "error" in result else result["payload"]).encode()
    start = f"START RequestId: {request_id} Version: $LATEST"
    return Run(
        request_id=request_id,
        payload=payload,
        failed="error" in result,
        lines=(start, *output.splitlines(), f"END RequestId: {request_id}"),
    )


@cache
def _folders() -> Path:
    folder = tempfile.TemporaryDirectory(prefix="lambda-")
    atexit.register(folder.cleanup)
    return Path(folder.name)


@cache
def _unpacked(code: bytes) -> Path:
    """A zip's content, unpacked once: an execution environment keeps it from run to run."""
    folder = _folders() / hashlib.sha256(code).hexdigest()
    zipfile.ZipFile(io.BytesIO(code)).extractall(folder)
    return folder


def failed_run(error_type: str, message: str) -> Run:
    """A run that failed as if the function had raised an error."""
    error = {"errorMessage": message, "errorType": error_type, "stackTrace": []}
    return Run(
        request_id=str(uuid.uuid4()), payload=json.dumps(error).encode(), failed=True, lines=()
    )


def _execute(state: State, order: Mapping[str, Any], work: Work) -> tuple[dict[str, Any], str]:
    """What the function answered, and what it printed."""
    request_id = order["request_id"]
    try:
        with POOL.borrow(_key(order, work)) as worker:
            worker.write(_job(state, order, work))
            done = _serve(state, worker, work.timeout_seconds)
    except TimeoutError:
        message = f"{request_id} Task timed out after {work.timeout_seconds}.00 seconds"
        return {"error": {"errorType": "Sandbox.Timedout", "errorMessage": message}}, ""
    except WorkerGoneError:
        done = {"do": "failed", "log": ""}
    if done["do"] == "failed":
        message = f"RequestId: {request_id} Error: Runtime exited without providing a reason"
        return {"error": {"errorType": "Runtime.ExitError", "errorMessage": message}}, done["log"]
    return done["value"], done["log"]


def _key(order: Mapping[str, Any], work: Work) -> str:
    """An execution environment is that of one version of a function and its configuration."""
    own = {k: v for k, v in work.environment.items() if k not in _CREDENTIALS}
    return json.dumps([work.function_arn, order["folder"], work.handler, own], sort_keys=True)


def _job(state: State, order: Mapping[str, Any], work: Work) -> dict[str, Any]:
    return {
        "script": _BOOTSTRAP.read_text(encoding="utf-8"),
        "is_fresh": False,  # modules stay imported from one invocation to the next
        "handler": "invoke",
        "events": order,
        "context": {},
        "environment": {
            "PATH": os.environ.get("PATH", ""),
            **work.environment,
            "LAMBDA_TASK_ROOT": order["folder"],
        },
        "started": state.now().timestamp(),
        "elapsed": 0.0,
    }


def _serve(state: State, worker: Worker, seconds: float) -> dict[str, Any]:
    """Answer the function until it is at its end. TimeoutError, by its own clock or by ours."""
    elapsed, ends = 0.0, time.monotonic() + seconds
    while elapsed <= seconds and time.monotonic() <= ends:
        message = worker.read(min(1.0, seconds))
        if message is None:
            continue
        if message["do"] in {"done", "failed"}:
            return message
        reply = Reply()
        if message["do"] == "wait":
            _wait(state, min(message["seconds"], seconds - elapsed))
            elapsed += message["seconds"]
        else:
            elapsed += state.switches.call_seconds
            reply = carry_out(state, message)
        worker.answer(message, reply, elapsed)
    raise TimeoutError


def _wait(state: State, seconds: float) -> None:
    """In real time it is waited for; while the clock is held, time passes without."""
    if state.clock.held is None:
        time.sleep(seconds)
