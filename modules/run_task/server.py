"""The HTTP server: uvicorn, with limits for clients that are slow on purpose."""

from __future__ import annotations

import asyncio
import signal
import socket
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

import uvicorn
from uvicorn.protocols.http.h11_impl import H11Protocol

from modules.run_task.app import RunTask
from modules.run_task.log import set_up_logs
from modules.run_task.settings import PREFIX, Settings, SettingsError

HEADER_SECONDS = 10
_LARGEST_HEADER = 1 << 14
_MOST_CONNECTIONS = 1000


class ImpatientProtocol(H11Protocol):
    """Closes a connection whose request's header does not come: uvicorn itself waits for ever."""

    _patience: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override] # as uvicorn does
        """A client is there."""
        super().connection_made(transport)
        self._patience = self.loop.call_later(HEADER_SECONDS, self._give_up)

    def connection_lost(self, exc: Exception | None) -> None:
        """The client is gone."""
        if self._patience:
            self._patience.cancel()
        super().connection_lost(exc)

    def _give_up(self) -> None:
        if self.cycle is None:
            self.transport.abort()


class _Server(uvicorn.Server):
    """Ends with exit status 0 after a signal; uvicorn would end by the signal once more."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, self._stop)
        yield

    def _stop(self) -> None:
        self.should_exit = True


def serve(settings: Settings) -> None:
    """Serve until SIGTERM or SIGINT, and until the runs in work are reported.

    Raises SettingsError where it cannot listen.
    """
    with ExitStack() as stack:
        sockets = [stack.enter_context(each) for each in listening(*settings.listen)]
        set_up_logs(settings.log_level)
        _Server(configuration(settings)).run(sockets)


def listening(host: str, port: int) -> list[socket.socket]:
    """A socket for each address of the host; SettingsError says why there is none.

    uvicorn itself would end the process, and say why in a log that is not kept.
    """
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
        return [socket.create_server(each[4][:2], family=each[0]) for each in found]
    except (OSError, UnicodeError) as error:
        reason = getattr(error, "strerror", None) or "no host's name"
        raise SettingsError(
            f"{PREFIX}LISTEN: found '{host}:{port}'; cannot listen there: {reason}"
        ) from None


def configuration(settings: Settings) -> uvicorn.Config:
    """How uvicorn serves the application."""
    options: dict[str, Any] = {
        "http": ImpatientProtocol,
        "ws": "none",
        "lifespan": "on",
        "log_config": None,  # the logs are ours
        "access_log": False,
        "server_header": False,
        "proxy_headers": False,
        "limit_concurrency": _MOST_CONNECTIONS,
        "h11_max_incomplete_event_size": _LARGEST_HEADER,
        "timeout_graceful_shutdown": HEADER_SECONDS,
    }
    return uvicorn.Config(
        RunTask(settings).app(),
        ssl_certfile=settings.tls_certificate,
        ssl_keyfile=str(settings.tls_key) if settings.tls_key else None,
        **options,
    )
