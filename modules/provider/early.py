"""Starts CDKTF's engine beside what comes first, as Node takes as long as reading policies does."""

from __future__ import annotations

from contextlib import suppress
from importlib import import_module
from threading import Thread


def start_engine() -> None:
    """Begins to import `modules.provider.engine`; who imports it later waits for what is left."""
    Thread(target=_import, name="engine").start()


def _import() -> None:
    with suppress(Exception):  # who imports it next meets the same, and says so
        import_module("modules.provider.engine")
