"""The runs in work: each is fetched, reviewed and reported, whatever happens on the way."""

from __future__ import annotations

import asyncio
import tempfile
from collections import OrderedDict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from enum import Enum, auto
from time import monotonic
from typing import IO

from aiohttp import ClientError

from modules.run_task.delivery import STAGES_WITH_PLAN, Delivery
from modules.run_task.download import Downloader, DownloadError
from modules.run_task.hcp import UndeliveredError
from modules.run_task.log import Log
from modules.run_task.places import Places
from modules.run_task.result import Result, Status, failed
from modules.run_task.reviews import Reviewer

_REMEMBERED = 10_000
_PROGRESS_EVERY = 120  # HCP Terraform gives up after ten minutes without any
_PROGRESS_SECONDS = 5
_LAST_WORD_SECONDS = 5
STOPPED = failed(
    "The review service was stopped before the review was complete. Run the task again."
)
FAULT = failed("The review service met a fault of its own; its log has the place.")


class Acceptance(Enum):
    """What became of a delivery."""

    STARTED = auto()
    REPEATED = auto()
    BUSY = auto()


@dataclass(frozen=True, kw_only=True)
class RunLimits:
    """How many runs there may be, and for how many seconds a result is sent again."""

    most: int
    callback_seconds: int


class Runs:
    """Every run that was accepted and not reported yet."""

    def __init__(self, downloader: Downloader, reviewer: Reviewer, limits: RunLimits) -> None:
        self._hcp = downloader.hcp
        self._downloader, self._reviewer, self._limits = downloader, reviewer, limits
        self._places = Places()
        self._tasks: set[asyncio.Task[None]] = set()
        self._seen: OrderedDict[str, None] = OrderedDict()
        self._log = Log()

    @property
    def active(self) -> int:
        """How many there are."""
        return len(self._tasks)

    def accept(self, delivery: Delivery) -> Acceptance:
        """Begin a run, but for one that began already: HCP Terraform may repeat a delivery."""
        if delivery.task_result_id in self._seen:
            return Acceptance.REPEATED
        if self.active >= self._limits.most:
            return Acceptance.BUSY
        self._seen[delivery.task_result_id] = None
        while len(self._seen) > _REMEMBERED:
            self._seen.popitem(last=False)
        task = asyncio.create_task(self._run(delivery))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return Acceptance.STARTED

    async def stop(self, seconds: float) -> None:
        """Let runs complete for a while; the others are reported as failed."""
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=seconds)
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._reviewer.close()

    async def _run(self, delivery: Delivery) -> None:
        begin = monotonic()
        result = STOPPED
        try:
            result = await self._result(delivery)
            await self._report(delivery, result, self._limits.callback_seconds, begin)
        except asyncio.CancelledError:
            await self._report(delivery, result, _LAST_WORD_SECONDS, begin)

    async def _result(self, delivery: Delivery) -> Result:
        """The review's result, or a failed one that says why there is none."""
        if delivery.plan_url is None or delivery.stage not in STAGES_WITH_PLAN:
            return failed(
                "There is no plan to review at this stage. Set the task's stage to post-plan."
            )
        try:
            with tempfile.TemporaryFile() as file:  # it has no name: nothing is left of it
                return await self._reviewed(delivery, delivery.plan_url, file)
        except DownloadError as error:
            return failed(str(error))
        except Exception:  # noqa: BLE001 - a fault of ours must not leave the run without an answer
            self._log.fault("review failed", **delivery.log_fields)
            return FAULT

    async def _reviewed(self, delivery: Delivery, url: str, file: IO[bytes]) -> Result:
        with self._places.one() as place:
            async with self._progress(delivery, "Fetching the plan."):
                await place.take()
                size = await self._downloader.fetch(url, delivery.token, file)
                place.keep()
            self._log.info("plan fetched", bytes=size, **delivery.log_fields)
            async with self._progress(delivery, f"Reviewing a plan of {size / 2**20:.1f} MB."):
                return await self._reviewer.review(file, place.leave)

    @asynccontextmanager
    async def _progress(self, delivery: Delivery, message: str) -> AsyncIterator[None]:
        """Say how far the run is, at once and again and again, while the body works.

        What is being said is said to its end: no progress arrives after the result.
        """
        over = asyncio.Event()
        telling = asyncio.create_task(self._tell_until(over, delivery, message))
        try:
            yield
        finally:
            over.set()
            await asyncio.wait([telling])

    async def _tell_until(self, over: asyncio.Event, delivery: Delivery, message: str) -> None:
        while not over.is_set():
            await self._tell(delivery, Result(status=Status.RUNNING, message=message))
            with suppress(TimeoutError):
                await asyncio.wait_for(over.wait(), _PROGRESS_EVERY)

    async def _tell(self, delivery: Delivery, result: Result) -> None:
        """Once: progress that is lost is made good by the next."""
        try:
            async with asyncio.timeout(_PROGRESS_SECONDS):
                status = await self._hcp.send(
                    delivery.callback_url, delivery.token, result, with_outcomes=False
                )
        except (ClientError, TimeoutError):
            status = 0
        if not 200 <= status < 300:
            self._log.warning("progress not taken", status=status, **delivery.log_fields)

    async def _report(
        self, delivery: Delivery, result: Result, seconds: float, begin: float
    ) -> None:
        try:
            tries = await self._hcp.deliver(
                delivery.callback_url,
                delivery.token,
                result,
                with_outcomes=delivery.takes_outcomes,
                seconds=seconds,
            )
        except UndeliveredError as error:
            # A delivery that is repeated later may do better.
            self._seen.pop(delivery.task_result_id, None)
            self._log.error("result lost", reason=str(error), **delivery.log_fields)
            return
        self._log.info(
            "result sent",
            status=str(result.status),
            outcomes=len(result.outcomes),
            tries=tries,
            seconds=round(monotonic() - begin, 1),
            **delivery.log_fields,
        )
