"""The client of HCP Terraform: fetches a plan, and sends results.

Sources: "Plans API reference", "Retrieve the JSON execution plan" (a temporary redirect to an
address that holds for a minute); "Run tasks integration API", "Run Task Callback".
"""

from __future__ import annotations

import asyncio
import json
import random
import ssl
from collections.abc import AsyncIterator, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self

from aiohttp import (
    ClientError,
    ClientResponse,
    ClientSession,
    ClientTimeout,
    DummyCookieJar,
    TCPConnector,
)
from aiohttp.abc import AbstractResolver
from yarl import URL

from modules.run_task.addresses import Origin
from modules.run_task.result import Result, callback_body

MEDIA_TYPE: Final = "application/vnd.api+json"
_TIMEOUT = ClientTimeout(total=None, connect=30, sock_connect=10, sock_read=10)
_LONGEST_PAUSE = 60.0
_LONGEST_HEADER = 1 << 16  # signed addresses are long
_READ_BYTES = 1 << 18


class UndeliveredError(Exception):
    """HCP Terraform does not have the result: it refused it, or the time was over."""


class HcpClient:
    """Talks to one origin; `elsewhere` is for what that redirects to."""

    def __init__(self, origin: Origin, ca_file: Path | None = None) -> None:
        self.origin = origin
        self._trust = _trust(ca_file)
        self._session: ClientSession

    async def __aenter__(self) -> Self:
        self._session = _session(TCPConnector(ssl=self._trust, limit=200))
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self._session.close()

    def get(
        self, url: str, token: str, headers: Mapping[str, str]
    ) -> AbstractAsyncContextManager[ClientResponse]:
        """A request for something of this origin."""
        self._check(url)
        return self._session.get(
            URL(url, encoded=True),
            headers={**headers, **authorization(token)},
            allow_redirects=False,
        )

    @asynccontextmanager
    async def get_elsewhere(
        self, url: URL, resolver: AbstractResolver, headers: Mapping[str, str]
    ) -> AsyncIterator[ClientResponse]:
        """A request without the token, to the addresses that the resolver has for the name."""
        connector = TCPConnector(ssl=self._trust, resolver=resolver, force_close=True)
        async with (
            _session(connector) as session,
            session.get(url, headers=headers, allow_redirects=False) as answer,
        ):
            yield answer

    async def send(self, url: str, token: str, result: Result, *, with_outcomes: bool) -> int:
        """One try; the status of the answer. ClientError where there is none."""
        self._check(url)
        async with self._session.patch(
            URL(url, encoded=True),
            data=json.dumps(callback_body(result, with_outcomes=with_outcomes)).encode(),
            headers=authorization(token),
            allow_redirects=False,
        ) as answer:
            return answer.status

    async def deliver(
        self, url: str, token: str, result: Result, *, with_outcomes: bool, seconds: float
    ) -> int:
        """Send a result until HCP Terraform has it; how many tries that took.

        Outcomes that are refused (422) are left out: better the verdict alone than none. Raises
        UndeliveredError.
        """
        tries = 0
        try:
            async with asyncio.timeout(seconds):
                while True:
                    tries += 1
                    status = await self._status(url, token, result, with_outcomes=with_outcomes)
                    if 200 <= status < 300:
                        return tries
                    if status == 422 and with_outcomes:
                        with_outcomes = False
                    elif is_lasting(status):
                        raise UndeliveredError(f"HCP Terraform answered {status}")
                    else:
                        await asyncio.sleep(pause(tries))
        except TimeoutError:
            raise UndeliveredError(f"no answer in {tries} tries") from None

    async def _status(self, url: str, token: str, result: Result, *, with_outcomes: bool) -> int:
        """0 where there is no answer."""
        try:
            return await self.send(url, token, result, with_outcomes=with_outcomes)
        except ClientError:
            return 0

    def _check(self, url: str) -> None:
        if not self.origin.covers(url):
            raise ValueError("an address of another origin")


def authorization(token: str) -> dict[str, str]:
    """The headers of a request to HCP Terraform."""
    return {"Authorization": f"Bearer {token}", "Content-Type": MEDIA_TYPE}


def is_lasting(status: int) -> bool:
    """Whether the same request would be answered in the same way again."""
    return status not in (0, 408, 425, 429) and status < 500


def pause(tries: int) -> float:
    """Seconds before the next try: 0.5 to 1, doubled each time, so that many do not meet again."""
    doubled: float = min(_LONGEST_PAUSE, 2.0 ** min(tries - 1, 10))
    return doubled * random.uniform(0.5, 1)  # noqa: S311 - spreads tries; no secret


def _session(connector: TCPConnector) -> ClientSession:
    # The environment may name proxies, and a .netrc whose passwords would go to any host.
    options: dict[str, Any] = {"max_line_size": _LONGEST_HEADER, "max_field_size": _LONGEST_HEADER}
    return ClientSession(
        connector=connector,
        trust_env=False,
        timeout=_TIMEOUT,
        cookie_jar=DummyCookieJar(),
        headers={"User-Agent": "patch-policy-run-task"},
        auto_decompress=False,  # what is compressed must not unfold in memory
        read_bufsize=_READ_BYTES,
        **options,
    )


def _trust(ca_file: Path | None) -> ssl.SSLContext:
    context = ssl.create_default_context()
    if ca_file:
        context.load_verify_locations(ca_file)
    return context
