"""One run of a Lambda function's zip in a Python process of its own."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
import tempfile
import uuid
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

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


def run(work: Work) -> Run:
    """Execute a function's zip once, with this Python, which has boto3."""
    request_id = str(uuid.uuid4())
    with tempfile.TemporaryDirectory(prefix="lambda-") as folder:
        task, answer = Path(folder, "task"), Path(folder, "answer.json")
        zipfile.ZipFile(io.BytesIO(work.code)).extractall(task)
        order = {
            "handler": work.handler,
            "event": work.event.decode(),
            "answer": str(answer),
            "request_id": request_id,
            "timeout_seconds": work.timeout_seconds,
            "function_name": work.function_name,
            "function_arn": work.function_arn,
            "memory_mb": work.memory_mb,
        }
        output, timed_out = _execute(order, task, work)
        lines = (f"START RequestId: {request_id} Version: $LATEST", *output.splitlines())
        result = _result(answer, work, request_id, timed_out=timed_out)
    payload = json.dumps(result["error"] if "error" in result else result["payload"]).encode()
    return Run(
        request_id=request_id,
        payload=payload,
        failed="error" in result,
        lines=(*lines, f"END RequestId: {request_id}"),
    )


def failed_run(error_type: str, message: str) -> Run:
    """A run that failed as if the function had raised an error."""
    error = {"errorMessage": message, "errorType": error_type, "stackTrace": []}
    return Run(
        request_id=str(uuid.uuid4()), payload=json.dumps(error).encode(), failed=True, lines=()
    )


def _execute(order: Mapping[str, Any], task: Path, work: Work) -> tuple[str, bool]:
    """The process's output, and whether its time ran out."""
    environment = {"PATH": os.environ.get("PATH", ""), **work.environment}
    environment |= {"LAMBDA_TASK_ROOT": str(task), "PYTHONDONTWRITEBYTECODE": "1"}
    try:
        # -I: nothing of this process's Python path or user folders gets in.
        done = subprocess.run(
            [sys.executable, "-I", str(_BOOTSTRAP)],
            input=json.dumps(order),
            env=environment,
            cwd=task,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=work.timeout_seconds,
            check=False,
        )
    except subprocess.TimeoutExpired as expired:
        output = expired.stdout or b""
        return (output.decode() if isinstance(output, bytes) else output), True
    return done.stdout, False


def _result(answer: Path, work: Work, request_id: str, *, timed_out: bool) -> dict[str, Any]:
    if timed_out:
        message = f"{request_id} Task timed out after {work.timeout_seconds}.00 seconds"
        return {"error": {"errorType": "Sandbox.Timedout", "errorMessage": message}}
    if not answer.exists():
        message = f"RequestId: {request_id} Error: Runtime exited without providing a reason"
        return {"error": {"errorType": "Runtime.ExitError", "errorMessage": message}}
    return dict(json.loads(answer.read_text(encoding="utf-8")))
