"""The Lambda runtime's part: import the handler, call it, and return its answer. Runs by itself.

Source: Lambda Developer Guide, "Using the Lambda context object to retrieve Python function
information" and "Lambda function errors in Python".
"""

from __future__ import annotations

import importlib
import json
import sys
import time
import traceback
from typing import Any


class Context:
    """The context object of an invocation."""

    def __init__(self, order: dict[str, Any]) -> None:
        self.aws_request_id = order["request_id"]
        self.function_name = order["function_name"]
        self.function_version = "$LATEST"
        self.invoked_function_arn = order["function_arn"]
        self.memory_limit_in_mb = str(order["memory_mb"])
        self.log_group_name = f"/aws/lambda/{self.function_name}"
        self.log_stream_name = self.aws_request_id
        self._deadline = time.monotonic() + order["timeout_seconds"]

    def get_remaining_time_in_millis(self) -> int:
        """How long the invocation may still take."""
        return max(0, int((self._deadline - time.monotonic()) * 1000))


def invoke(order: dict[str, Any], _context: object) -> dict[str, Any]:
    """Carry out an order; the handler's payload, or its error as Lambda answers it."""
    try:
        payload = call_handler(order)
        json.dumps(payload)
    except Exception as error:  # noqa: BLE001  # whatever a function raises is its answer
        traceback.print_exc()
        return {"error": describe(error, order["request_id"])}
    return {"payload": payload}


def call_handler(order: dict[str, Any]) -> object:
    """The handler's answer; the handler is named `package.module.function`."""
    sys.path.insert(0, order["folder"])
    module, _, function = order["handler"].replace("/", ".").rpartition(".")
    handler = getattr(importlib.import_module(module), function)
    return handler(json.loads(order["event"]), Context(order))


def describe(error: Exception, request_id: str) -> dict[str, Any]:
    """An error as Lambda answers it."""
    return {
        "errorMessage": str(error),
        "errorType": type(error).__name__,
        "requestId": request_id,
        "stackTrace": traceback.format_tb(error.__traceback__),
    }
