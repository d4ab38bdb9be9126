"""The client of HCP Terraform: fetches a plan, and sends results.

Sources: "Plans API reference", "Retrieve the JSON execution plan" (a temporary redirect to an
address that holds for a minute); "Run tasks integration API", "Run Task Callback".
"""

from __future__ import annotations

import asyncio
import random
import ssl
from http.cookiejar import CookieJar, DefaultCookiePolicy
from pathlib import Path
from types import TracebackType
from typing import Final, Self

import httpx

from modules.run_task.addresses import Origin
from modules.run_task.result import Result, callback_body

MEDIA_TYPE: Final = "application/vnd.api+json"
_TIMEOUT = httpx.Timeout(10, pool=30)
_LONGEST_PAUSE = 60.0


class UndeliveredError(Exception):
    """HCP Terraform does not have the result: it refused it, or the time was over."""


class HcpClient:
    """Talks to one origin; `elsewhere` is for what that redirects to."""

    def __init__(self, origin: Origin, ca_file: Path | None = None) -> None:
        self.origin = origin
        trust = _trust(ca_file)
        self.http = _client(trust, kept=20)
        # Connections go to addresses, and the certificate's name is checked when they are made:
        # one that was made for a name must not serve another.
        self.elsewhere = _client(trust, kept=0)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.http.aclose()
        await self.elsewhere.aclose()

    async def send(self, url: str, token: str, result: Result, *, with_outcomes: bool) -> int:
        """One try; the status of the answer. httpx.HTTPError where there is none."""
        if not self.origin.covers(url):
            raise ValueError("a callback to another origin")
        answer = await self.http.patch(
            url,
            json=callback_body(result, with_outcomes=with_outcomes),
            headers=authorization(token),
        )
        return answer.status_code

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
        except httpx.HTTPError:
            return 0


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


def _client(trust: ssl.SSLContext, kept: int) -> httpx.AsyncClient:
    # The environment may name proxies, and a .netrc whose passwords would go to any host.
    return httpx.AsyncClient(
        verify=trust,
        trust_env=False,
        follow_redirects=False,
        timeout=_TIMEOUT,
        limits=httpx.Limits(max_connections=200, max_keepalive_connections=kept),
        cookies=CookieJar(DefaultCookiePolicy(allowed_domains=[])),
        headers={"User-Agent": "patch-policy-run-task"},
    )


def _trust(ca_file: Path | None) -> ssl.SSLContext:
    context = httpx.create_ssl_context(trust_env=False)
    if ca_file:
        context.load_verify_locations(ca_file)
    return context
