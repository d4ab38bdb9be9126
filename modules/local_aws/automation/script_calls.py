"""The AWS calls of a worker's script, carried out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from modules.local_aws.direct_calls import HttpRequest, send

if TYPE_CHECKING:
    from modules.local_aws.state import State


def carry_out(state: State, message: Mapping[str, Any]) -> tuple[dict[str, Any], bytes]:
    """Hand a call to the gateway; the answer as the worker reads it, and its body."""
    request = HttpRequest(
        method=message["method"],
        url=message["url"],
        headers=message["headers"],
        body=message["body"],
    )
    status, headers, body = send(state, request)
    return {"status": status, "headers": headers}, body
