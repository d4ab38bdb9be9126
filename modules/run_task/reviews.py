"""Reviews plans outside of the service's process, a few at a time.

A process for each review bounds memory: what a plan needed is given back, a plan that needs too
much ends its own process alone, and a review can be stopped.
"""

from __future__ import annotations

import asyncio
import json
import os
import signal
import socket
import sys
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from modules.run_task.result import Result, Status, failed
from modules.run_task.worker import OUT_OF_MEMORY

_ROOT = Path(__file__).parents[2]
# Where memory ends, libraries in C do not always find the words.
_CRASHES = (-signal.SIGSEGV, -signal.SIGBUS, -signal.SIGABRT)
_LONGEST_LINE = 1 << 26  # 250 outcomes, every character of which is escaped


@dataclass(frozen=True, kw_only=True)
class ReviewOptions:
    """How plans are reviewed, and what a review may take."""

    fail_on: str
    allow: Mapping[str, str]
    timezone: str
    fleet: Path | None
    memory_mb: int
    seconds: int
    at_once: int


class Reviewer:
    """At most `at_once` reviews; the others wait, and come in their order."""

    def __init__(self, options: ReviewOptions) -> None:
        self._options = options
        self._workers = [_Worker(_arguments(options)) for _ in range(options.at_once)]
        self._idle: asyncio.Queue[_Worker] = asyncio.Queue()
        for worker in self._workers:
            self._idle.put_nowait(worker)

    async def review(self, plan: IO[bytes], begin: Callable[[], None]) -> Result:
        """The result of the plan in a file; a failed one where the review did not come about.

        `begin` is called when the plan's turn has come.
        """
        worker = await self._idle.get()
        begin()
        try:
            async with asyncio.timeout(self._options.seconds):
                return self._result(await worker.review(plan))
        except TimeoutError:
            return failed(
                f"The review took more than {self._options.seconds} s and was stopped."
                " Run patch-policy review on the plan."
            )
        finally:
            self._idle.put_nowait(worker)

    async def close(self) -> None:
        """End all workers."""
        for worker in self._workers:
            await worker.end()

    def _result(self, said: Mapping[str, Any]) -> Result:
        status = said.get("exit_status")
        if status == OUT_OF_MEMORY:
            return failed(
                f"The plan needs more than the {self._options.memory_mb} MB that a review may take."
                " Run patch-policy review on the plan."
            )
        if status in _CRASHES:
            return failed(
                f"The review crashed (exit status {status}), as it does where"
                f" {self._options.memory_mb} MB do not suffice."
                " Run patch-policy review on the plan."
            )
        if status is not None:
            return failed(f"The review ended with exit status {status}: a fault of the service.")
        return Result(
            status=Status(said["status"]), message=said["message"], outcomes=said["outcomes"]
        )


class _Worker:
    """A process that reviews one plan after the other; started when there is one to review."""

    def __init__(self, arguments: str) -> None:
        self._arguments = arguments
        self._process: Process | None = None
        self._orders: socket.socket | None = None

    async def review(self, plan: IO[bytes]) -> Mapping[str, Any]:
        """What the worker says of a plan. Where it is interrupted or breaks, it ends."""
        try:
            process = await self._started()
            said = await self._ask(process, plan)
        except BaseException:
            await self.end()
            raise
        if said is None:
            await self.end()
            return {"exit_status": process.returncode}
        return said

    async def _ask(self, process: Process, plan: IO[bytes]) -> Mapping[str, Any] | None:
        assert self._orders  # noqa: S101 - it is there as long as the process
        assert process.stdout  # noqa: S101
        plan.seek(0)
        with suppress(OSError):  # it has ended: there is no line either
            socket.send_fds(self._orders, [b"\n"], [plan.fileno()])
        line = await process.stdout.readline()
        if not line.endswith(b"\n"):
            return None
        said: Mapping[str, Any] = json.loads(line)
        return said

    async def _started(self) -> Process:
        if self._process and self._process.returncode is None:
            return self._process
        await self.end()
        self._orders, theirs = socket.socketpair()
        with theirs:
            self._process = await asyncio.create_subprocess_exec(
                sys.executable,
                "-m",
                "modules.run_task.worker",
                self._arguments,
                stdin=theirs.fileno(),
                stdout=PIPE,
                stderr=DEVNULL,  # a traceback may quote the plan
                limit=_LONGEST_LINE,
                cwd=_ROOT,
                env=_environment(),
                start_new_session=True,  # Ctrl-C is for the service, which lets reviews end
            )
        return self._process

    async def end(self) -> None:
        """End the process, and the review that it is at."""
        if self._orders:
            self._orders.close()
        process, self._process = self._process, None
        if process and process.returncode is None:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            await process.wait()


def _arguments(options: ReviewOptions) -> str:
    return json.dumps(
        {
            "fail_on": options.fail_on,
            "allow": dict(options.allow),
            "timezone": options.timezone,
            "fleet": str(options.fleet.absolute()) if options.fleet else None,
            "memory_mb": options.memory_mb,
        }
    )


def _environment() -> dict[str, str]:
    """What Python needs; the signature's key is in the service's environment, not in this."""
    kept = ("PATH", "PYTHONPATH", "LANG", "LC_ALL", "TZDIR")
    return {name: os.environ[name] for name in kept if name in os.environ}
