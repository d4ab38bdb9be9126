"""Fetches a plan into a file: one redirect, a limit of size, a limit of time."""

from __future__ import annotations

import asyncio
import zlib
from collections.abc import AsyncIterator, Iterator, Sequence
from dataclasses import dataclass
from typing import IO, Final

from aiohttp import ClientError, ClientResponse
from yarl import URL

from modules.run_task.addresses import (
    AddressError,
    Checked,
    IpAddress,
    Reach,
    furthest,
    resolve,
)
from modules.run_task.hcp import HcpClient, is_lasting, pause

_REDIRECTS = (301, 302, 303, 307, 308)
_TRIES = 4
_STEP: Final = 1 << 16
_ENCODING = {"Accept-Encoding": "gzip"}
_GZIP = 31  # zlib's number for its own window size and a gzip header


class DownloadError(Exception):
    """A plan that could not be fetched; the message is for the run's page, and names no secret."""


class _TransientError(Exception):
    """What another try may mend, after some seconds at the earliest."""

    def __init__(self, message: str, seconds: float = 0) -> None:
        super().__init__(message)
        self.seconds = seconds


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
            except _TransientError as error:
                reason, seconds = str(error), error.seconds
            except ClientError:
                reason, seconds = "the connection failed", 0
            if number < _TRIES:
                await asyncio.sleep(max(pause(number), seconds))
        raise DownloadError(f"The plan could not be fetched in {_TRIES} tries: {reason}.")

    async def _once(self, url: str, token: str, file: IO[bytes]) -> int:
        async with self.hcp.get(url, token, _ENCODING) as answer:
            if answer.status not in _REDIRECTS:
                return await _save(answer, file, self.largest)
            target = _target(self.hcp, answer)
        resolver = Checked(await _checked(self.hcp, target))
        async with self.hcp.get_elsewhere(target, resolver, _ENCODING) as answer:
            if answer.status in _REDIRECTS:
                raise DownloadError("The plan's address redirects twice; one redirect is followed.")
            return await _save(answer, file, self.largest)


def _target(hcp: HcpClient, answer: ClientResponse) -> URL:
    """Where the plan is, to the letter; https, but for a mock of the same origin."""
    no_url = DownloadError("The plan's address redirects to something that is no URL.")
    location = answer.headers.get("Location", "")
    if not location or not location.isascii() or not location.isprintable() or " " in location:
        raise no_url
    try:
        url = answer.url.join(URL(location, encoded=True))
        if not url.host or not url.port:
            raise no_url
    except ValueError:
        raise no_url from None
    if url.raw_user or url.raw_password:
        raise DownloadError("The plan's address redirects to a URL with a user name.")
    if url.scheme != "https" and not hcp.origin.covers(str(url)):
        raise DownloadError("The plan's address redirects to a URL without TLS.")
    return url


async def _checked(hcp: HcpClient, url: URL) -> Sequence[IpAddress]:
    """The addresses of a URL's host, none of which is in another kind of network than HCP's."""
    try:
        own = furthest(await resolve(hcp.origin.host, hcp.origin.port))
        addresses = await resolve(url.raw_host or "", url.port or 443)
    except AddressError as error:
        raise _TransientError(str(error)) from error
    if furthest(addresses) > own or furthest(addresses) is Reach.NEVER:
        raise DownloadError(
            "The plan's address redirects into a network that HCP Terraform is not in."
        )
    return addresses


async def _save(answer: ClientResponse, file: IO[bytes], limit: int) -> int:
    status = answer.status
    if status == 204:
        raise _TransientError("it is not complete yet")
    if status != 200:
        said = f"HCP Terraform answered {status} instead of the plan"
        if is_lasting(status):
            raise DownloadError(said)
        raise _TransientError(said, _retry_after(answer))
    too_large = DownloadError(
        f"The plan is larger than {limit >> 20} MB, the limit of this service."
        " Run patch-policy review on it, or raise the limit."
    )
    if (answer.content_length or 0) > limit:
        raise too_large
    size = 0
    async for piece in _decoded(answer):
        size += len(piece)
        if size > limit:
            raise too_large
        file.write(piece)
    return size


def _retry_after(answer: ClientResponse) -> float:
    """The seconds that are asked for; one who asks for a date is asked again without a wait."""
    text = answer.headers.get("Retry-After", "")
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 6 else 0


async def _decoded(answer: ClientResponse) -> AsyncIterator[bytes]:
    """The body in small pieces: what is compressed never unfolds in memory."""
    encoding = answer.headers.get("Content-Encoding", "").lower()
    if encoding in ("", "identity"):
        async for chunk in answer.content.iter_any():
            yield chunk
        return
    if encoding not in ("gzip", "x-gzip"):
        raise DownloadError("The plan comes in an encoding that was not asked for.")
    unfolding = _Unfolding()
    try:
        async for chunk in answer.content.iter_any():
            for piece in unfolding.pieces(chunk):
                yield piece
    except zlib.error:
        raise _TransientError("it arrived damaged") from None
    if not unfolding.is_complete:
        raise _TransientError("it arrived incomplete")


class _Unfolding:
    """Unfolds a gzip file, which may have several members (RFC 1952, section 2.2)."""

    def __init__(self) -> None:
        self._member = zlib.decompressobj(_GZIP)

    @property
    def is_complete(self) -> bool:
        return self._member.eof

    def pieces(self, chunk: bytes) -> Iterator[bytes]:
        while chunk:
            if self._member.eof:
                self._member = zlib.decompressobj(_GZIP)
            yield self._member.decompress(chunk, _STEP)
            chunk = self._member.unconsumed_tail or self._member.unused_data
