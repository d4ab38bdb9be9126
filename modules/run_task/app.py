"""The ASGI application: deliveries on `/`, and `/health`."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from modules.run_task.body import BodyError, read_body
from modules.run_task.delivery import Delivery, DeliveryError, parse_delivery
from modules.run_task.download import Downloader
from modules.run_task.hcp import HcpClient
from modules.run_task.log import Log
from modules.run_task.reviews import Reviewer, ReviewOptions
from modules.run_task.runs import Acceptance, RunLimits, Runs
from modules.run_task.settings import Settings
from modules.run_task.signature import find_signature, is_signed

_BUSY_SECONDS = "30"


class RunTask:
    """What the routes share."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._runs: Runs | None = None
        self._log = Log()

    def app(self) -> Starlette:
        """The application; its life begins and ends with the server's."""
        app = Starlette(
            routes=[
                Route("/", self._webhook, methods=["POST"]),
                Route("/health", self._health, methods=["GET"]),
            ],
            lifespan=self._life,
        )
        # A redirect would be to whatever host the client names.
        app.router.redirect_slashes = False
        return app

    @asynccontextmanager
    async def _life(self, _: Starlette) -> AsyncIterator[None]:
        settings = self._settings
        async with HcpClient(settings.hcp_address, settings.ca_file) as hcp:
            runs = self._runs = _runs(hcp, settings)
            self._log.info("started", hcp_address=str(settings.hcp_address))
            try:
                yield
            finally:
                self._log.info("stopping", active=runs.active)
                await runs.stop(settings.stop_seconds)
                self._log.info("stopped")

    async def _health(self, _: Request) -> Response:
        runs = self._runs
        return JSONResponse(
            {"status": "ok", "active_runs": runs.active if runs else 0}, 200, _CLOSE
        )

    async def _webhook(self, request: Request) -> Response:
        """The signature comes first: nothing of an unsigned body is looked at."""
        try:
            body = await read_body(request.stream())
        except BodyError as error:
            return self._refuse(error.status, str(error))
        signature = find_signature(request.scope["headers"])
        if not is_signed(body, signature, self._settings.hmac_key):
            return self._refuse(401, "expected a valid X-Tfc-Task-Signature")
        try:
            delivery = parse_delivery(body, self._settings.hcp_address)
        except DeliveryError as error:
            return self._refuse(400, str(error))
        return self._accept(delivery)

    def _accept(self, delivery: Delivery) -> Response:
        if delivery.is_test:
            self._log.info("test delivery", **delivery.log_fields)
            return _answer(200, "ready")
        assert self._runs is not None  # noqa: S101 - the server answers while it lives alone
        match self._runs.accept(delivery):
            case Acceptance.STARTED:
                self._log.info("accepted", **delivery.log_fields)
                return _answer(200, "accepted")
            case Acceptance.REPEATED:
                self._log.info("repeated", **delivery.log_fields)
                return _answer(200, "accepted before")
            case Acceptance.BUSY:
                self._log.warning("busy", **delivery.log_fields)
                return _answer(503, "too many runs; come back", {"Retry-After": _BUSY_SECONDS})

    def _refuse(self, status: int, reason: str) -> Response:
        self._log.warning("refused", status=status, reason=reason)
        return _answer(status, reason)


# A connection serves one request: nothing that was smuggled behind it is ever read.
_CLOSE = {"Connection": "close"}


def _answer(status: int, text: str, headers: dict[str, str] | None = None) -> Response:
    return PlainTextResponse(f"{text}\n", status, _CLOSE | (headers or {}))


def _runs(hcp: HcpClient, settings: Settings) -> Runs:
    downloader = Downloader(
        hcp=hcp, largest=settings.max_plan_mb << 20, seconds=settings.download_seconds
    )
    options = ReviewOptions(
        fail_on=settings.fail_on,
        allow=settings.allow,
        timezone=settings.timezone,
        fleet=settings.fleet,
        memory_mb=settings.review_memory_mb,
        seconds=settings.review_seconds,
        at_once=settings.reviews,
    )
    limits = RunLimits(most=settings.max_runs, callback_seconds=settings.callback_seconds)
    return Runs(downloader, Reviewer(options), limits)
