"""An ASGI application on loopback, in a thread of its own, until the block ends."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import uvicorn

from tests.hcp.certificates import Certificates


class _Server(uvicorn.Server):
    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield  # the thread is not the main one, which alone may


@contextmanager
def serving(app: Any, certificates: Certificates | None = None, **options: Any) -> Iterator[int]:
    """The port that it listens on."""
    config = uvicorn.Config(
        app,
        log_config=None,
        access_log=False,
        lifespan=options.pop("lifespan", "off"),
        http=options.pop("http", "h11"),
        ws="none",
        timeout_graceful_shutdown=1,
        ssl_certfile=certificates.certificate if certificates else None,
        ssl_keyfile=str(certificates.key) if certificates else None,
        **options,
    )
    with socket.create_server(("127.0.0.1", 0), backlog=512) as listening:
        server = _Server(config)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
        thread.start()
        try:
            yield listening.getsockname()[1]
        finally:
            server.should_exit = True
            thread.join(timeout=30)
