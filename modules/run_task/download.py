"""Fetches a plan into a file: one redirect, a limit of size, a limit of time."""

from __future__ import annotations

import asyncio
import zlib
from collections.abc import AsyncIterator, Iterator
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from typing import IO, Final

import httpx

from modules.run_task.addresses import AddressError, Reach, furthest, resolve
from modules.run_task.hcp import HcpClient, authorization, is_lasting, pause

_REDIRECTS = (301, 302, 303, 307, 308)
_TRIES = 4
_STEP: Final = 1 << 16
_ENCODING = {"Accept-Encoding": "gzip"}
_GZIP = 31  # zlib's number for its own window size and a gzip header


class DownloadError(Exception):
    """A plan that could not be fetched; the message is for the run's page, and names no secret."""


class _TransientError(Exception):
    """What another try may mend."""


@dataclass(frozen=True, kw_only=True)
class Downloader:
    """Fetches plans of at most `largest` bytes, each within `seconds`, tries again included."""

    hcp: HcpClient
    largest: int
    seconds: int

    async def fetch(self, url: str, token: str, file: IO[bytes]) -> int:
        """Write the plan to the file; its size in bytes. Raises DownloadError."""
        if not self.hcp.origin.covers(url):
            raise DownloadError("The plan's address is not HCP Terraform's.")
        try:
            async with asyncio.timeout(self.seconds):
                return await self._with_tries(url, token, file)
        except TimeoutError:
            raise DownloadError(f"The plan did not arrive within {self.seconds} s.") from None

    async def _with_tries(self, url: str, token: str, file: IO[bytes]) -> int:
        reason = ""
        for number in range(1, _TRIES + 1):
            file.seek(0)
            file.truncate()
            try:
                return await self._once(url, token, file)
            except (_TransientError, httpx.HTTPError) as error:
                known = isinstance(error, _TransientError)
                reason = str(error) if known else "the connection failed"
            if number < _TRIES:
                await asyncio.sleep(pause(number))
        raise DownloadError(f"The plan could not be fetched in {_TRIES} tries: {reason}.")

    async def _once(self, url: str, token: str, file: IO[bytes]) -> int:
        headers = authorization(token) | _ENCODING
        async with self.hcp.http.stream("GET", url, headers=headers) as answer:
            if answer.status_code not in _REDIRECTS:
                return await _save(answer, file, self.largest)
            target = _target(self.hcp, answer)
        async with await _open(self.hcp, target) as answer:
            if answer.status_code in _REDIRECTS:
                raise DownloadError("The plan's address redirects twice; one redirect is followed.")
            return await _save(answer, file, self.largest)


def _target(hcp: HcpClient, answer: httpx.Response) -> httpx.URL:
    """Where the plan is; https, but for a mock of the same origin."""
    try:
        url = answer.url.join(answer.headers.get("location", ""))
    except (httpx.InvalidURL, ValueError, UnicodeError):
        raise DownloadError("The plan's address redirects to something that is no URL.") from None
    if not answer.headers.get("location") or not url.host:
        raise DownloadError("The plan's address redirects to something that is no URL.")
    if url.userinfo:
        raise DownloadError("The plan's address redirects to a URL with a user name.")
    if url.scheme != "https" and not hcp.origin.covers(str(url)):
        raise DownloadError("The plan's address redirects to a URL without TLS.")
    return url


async def _open(hcp: HcpClient, url: httpx.URL) -> AbstractAsyncContextManager[httpx.Response]:
    """A request without the token, to an address that was checked: a name is resolved once."""
    port = url.port or (443 if url.scheme == "https" else 80)
    try:
        own = furthest(await resolve(hcp.origin.host, hcp.origin.port))
        addresses = await resolve(url.host, port)
    except AddressError as error:
        raise _TransientError(str(error)) from error
    if furthest(addresses) > own or furthest(addresses) is Reach.NEVER:
        raise DownloadError(
            "The plan's address redirects into a network that HCP Terraform is not in."
        )
    address = str(addresses[0])
    return hcp.elsewhere.stream(
        "GET",
        url.copy_with(host=address),
        headers={"Host": url.netloc.decode("ascii")} | _ENCODING,
        extensions={"sni_hostname": url.raw_host.decode("ascii").strip("[]")},
    )


async def _save(answer: httpx.Response, file: IO[bytes], limit: int) -> int:
    status = answer.status_code
    if status == 204:
        raise _TransientError("it is not complete yet")
    if status != 200:
        kind = DownloadError if is_lasting(status) else _TransientError
        raise kind(f"HCP Terraform answered {status} instead of the plan")
    too_large = DownloadError(
        f"The plan is larger than {limit >> 20} MB, the limit of this service."
        " Run patch-policy review on it, or raise the limit."
    )
    if int(answer.headers.get("content-length", "0")) > limit:
        raise too_large
    size = 0
    async for piece in _decoded(answer):
        size += len(piece)
        if size > limit:
            raise too_large
        file.write(piece)
    return size


async def _decoded(answer: httpx.Response) -> AsyncIterator[bytes]:
    """The body in small pieces: what is compressed never unfolds in memory."""
    encoding = answer.headers.get("content-encoding", "identity").lower()
    if encoding == "identity":
        async for chunk in answer.aiter_raw():
            yield chunk
        return
    if encoding != "gzip":
        raise DownloadError("The plan comes in an encoding that was not asked for.")
    unfold = zlib.decompressobj(_GZIP)
    try:
        async for chunk in answer.aiter_raw():
            for piece in _unfolded(unfold, chunk):
                yield piece
    except zlib.error:
        raise _TransientError("it arrived damaged") from None
    if not unfold.eof:
        raise _TransientError("it arrived incomplete")


def _unfolded(unfold: zlib._Decompress, chunk: bytes) -> Iterator[bytes]:
    while chunk and not unfold.eof:
        yield unfold.decompress(chunk, _STEP)
        chunk = unfold.unconsumed_tail
