"""Node starts and loads CDKTF's JavaScript while Python goes on: each takes as long as the other.

jsii would wait for the answer to each load. Nobody needs it but who asks Node for something else,
so that it is that one who waits.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any, Final

Errors = tuple[type[Exception], ...]

_SWITCH_SECONDS: Final = 0.0005
"""How long a thread computes while another waits to; Python's default is ten times that. To start
Node takes little time but many turns."""


class NodeError(RuntimeError):
    """Node does not start, or is no Node; the message says what to do."""


def load_beside(kernel: Any, errors: Errors) -> None:
    """From now on, what jsii's kernel is told to load is loaded beside.

    The first request of another kind waits for that, and raises what became of it: a NodeError, or
    one of `errors`, which are Node's own.
    """
    kernel.provider = _Loading(kernel, errors)


class _Loading:
    """Stands in the place of the kernel's way to Node until all is loaded."""

    def __init__(self, kernel: Any, errors: Errors) -> None:
        self._kernel, self._node, self._errors = kernel, kernel.provider, errors
        self._loads: list[Future[None]] = []
        self._worker = ThreadPoolExecutor(max_workers=1)
        self._switch_seconds = sys.getswitchinterval()
        sys.setswitchinterval(_SWITCH_SECONDS)

    def load(self, request: object) -> None:
        self._loads.append(self._worker.submit(self._load, request))

    def __getattr__(self, request: str) -> Callable[..., Any]:
        self._worker.shutdown()  # as soon as all is loaded, or could not be
        for load in self._loads:
            load.result()
        self._kernel.provider = self._node
        sys.setswitchinterval(self._switch_seconds)
        method: Callable[..., Any] = getattr(self._node, request)
        return method

    def _load(self, request: object) -> None:
        for earlier in self._loads:
            if earlier.done():
                earlier.result()  # a Node that did not start is not started again
        try:
            self._node.load(request)
        except self._errors:
            raise
        except Exception as error:  # noqa: BLE001 - whatever the program answers that is no Node
            # jsii's clean-up of what has not started fails too, and would say so at exit.
            sys.unraisablehook = lambda _: None
            raise NodeError(_explanation(error)) from None


def _explanation(error: Exception) -> str:
    found = error.strerror if isinstance(error, OSError) else "it does not answer as jsii expects"
    return (
        f"{os.environ.get('JSII_NODE', 'node')} cannot be started as Node ({found}); expected "
        "Node 22: run `make install`, which puts it into the virtual environment, and unset "
        "JSII_NODE if it is set"
    )
