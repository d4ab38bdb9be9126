"""The AWS calls of a worker's script, carried out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from modules.local_aws.automation.script_worker import Reply
from modules.local_aws.direct_calls import HttpRequest, send

if TYPE_CHECKING:
    from modules.local_aws.state import State


def carry_out(state: State, message: Mapping[str, Any]) -> Reply:
    """Hand a call to the gateway; its answer."""
    request = HttpRequest(
        method=message["method"],
        url=message["url"],
        headers=message["headers"],
        body=message["body"],
    )
    status, headers, body = send(state, request)
    return Reply({"status": status, "headers": headers}, body)
