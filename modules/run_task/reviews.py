"""Reviews plans in processes of their own, a few at a time.

A process for each review bounds memory: what a plan needed is given back, a plan that needs too
much ends its own process alone, and a review can be stopped.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from modules.run_task.result import Result, Status, failed
from modules.run_task.worker import OUT_OF_MEMORY

_ROOT = Path(__file__).parents[2]


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
    """At most `at_once` reviews; the others wait."""

    def __init__(self, options: ReviewOptions) -> None:
        self._options = options
        self._places = asyncio.Semaphore(options.at_once)

    async def review(self, plan: IO[bytes]) -> Result:
        """The result of the plan in a file; a failed one where the review did not come about."""
        async with self._places:
            plan.seek(0)
            return await self._run(plan)

    async def _run(self, plan: IO[bytes]) -> Result:
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "modules.run_task.worker",
            self._arguments(),
            stdin=plan,
            stdout=PIPE,
            stderr=DEVNULL,  # a traceback may quote the plan
            cwd=_ROOT,
            env=_environment(),
            start_new_session=True,  # Ctrl-C is for the service, which lets reviews end
        )
        try:
            async with asyncio.timeout(self._options.seconds):
                output, _ = await process.communicate()
        except TimeoutError:
            return failed(
                f"The review took more than {self._options.seconds} s and was stopped."
                " Run patch-policy review on the plan."
            )
        finally:
            await _end(process)
        return self._result(process.returncode, output)

    def _arguments(self) -> str:
        options = self._options
        return json.dumps(
            {
                "fail_on": options.fail_on,
                "allow": dict(options.allow),
                "timezone": options.timezone,
                "fleet": str(options.fleet.absolute()) if options.fleet else None,
                "memory_mb": options.memory_mb,
            }
        )

    def _result(self, status: int | None, output: bytes) -> Result:
        if status == OUT_OF_MEMORY:
            return failed(
                f"The plan needs more than the {self._options.memory_mb} MB that a review may take."
                " Run patch-policy review on the plan."
            )
        if status != 0:
            return failed(f"The review ended with exit status {status}: a fault of the service.")
        content: dict[str, Any] = json.loads(output)
        return Result(
            status=Status(content["status"]),
            message=content["message"],
            outcomes=content["outcomes"],
        )


async def _end(process: Process) -> None:
    if process.returncode is None:
        process.kill()
        await process.wait()


def _environment() -> dict[str, str]:
    """What Python needs; the signature's key is in the service's environment, not in this."""
    kept = ("PATH", "PYTHONPATH", "LANG", "LC_ALL", "TZDIR")
    return {name: os.environ[name] for name in kept if name in os.environ}
