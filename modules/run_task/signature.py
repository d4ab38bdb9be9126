"""The signature of a delivery.

Source: "Run tasks integration API" of HCP Terraform's documentation: the header is the HMAC-SHA512
of the body, in hexadecimal, with the key of the run task.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterable

HEADER = b"x-tfc-task-signature"


def find_signature(headers: Iterable[tuple[bytes, bytes]]) -> bytes:
    """The header's bytes; empty where it is missing, or there twice."""
    found = [value for name, value in headers if name.lower() == HEADER]
    return found[0] if len(found) == 1 else b""


def is_signed(body: bytes, signature: bytes, key: bytes) -> bool:
    """Whether the signature is the body's, in a time that tells nothing of where it differs."""
    expected = hmac.new(key, body, hashlib.sha512).hexdigest().encode()
    return hmac.compare_digest(expected, signature)
