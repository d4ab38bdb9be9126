"""Reads a request's body, which an outsider may send: no more than a limit, in a limited time."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Final

from starlette.requests import ClientDisconnect

LARGEST: Final = 1 << 18
"""Bytes; a delivery has about two thousand, and a commit's message."""
SECONDS: Final = 10
_DISCARDED = 1 << 24


class BodyError(Exception):
    """A body that is not read; `status` is the answer's."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status


async def read_body(chunks: AsyncIterator[bytes]) -> bytes:
    """The whole body. Raises BodyError where it is too large, too slow or broken off.

    Some of what is too much is read and thrown away: a client that is still sending would
    otherwise see a reset connection instead of the answer.
    """
    body = bytearray()
    size = 0
    try:
        async with asyncio.timeout(SECONDS):
            async for chunk in chunks:
                size += len(chunk)
                if size <= LARGEST:
                    body += chunk
                elif size > _DISCARDED:
                    break
    except TimeoutError:
        raise BodyError(408, f"expected the body within {SECONDS} s") from None
    except ClientDisconnect:
        raise BodyError(400, "the connection ended within the body") from None
    if size > LARGEST:
        raise BodyError(413, f"expected at most {LARGEST} bytes")
    return bytes(body)
