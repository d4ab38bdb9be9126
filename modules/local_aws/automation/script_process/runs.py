"""Runs of a script in its process, one after the other.

Each has a fresh module, environment, logging and credentials.
"""

from __future__ import annotations

import contextlib
import io
import json
import logging
import os
import sys
import threading
import traceback
from functools import cache
from pathlib import Path
from types import CodeType, ModuleType
from typing import Any

from .clients import Clients
from .starter import Starter

_OURS = str(Path(__file__).parent)


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
        frames = [
            f for f in traceback.extract_tb(error.__traceback__) if not f.filename.startswith(_OURS)
        ]
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
