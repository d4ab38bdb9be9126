"""Structured logs: one JSON object a line, of fields that are named one by one.

Libraries log addresses, and a download's address is a secret: of them, warnings alone are kept,
without their text. Of an exception its type and its place are kept, as its text may quote a header.
"""

from __future__ import annotations

import json
import logging
import traceback
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

NAME: Final = "patch_policy.run_task"
_LONGEST = 300


class JsonLines(logging.Formatter):
    """A record as one line of JSON."""

    def format(self, record: logging.LogRecord) -> str:
        """The line, in ASCII, so that nothing in it can begin another."""
        content: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "event": _event(record),
            **getattr(record, "fields", {}),
        }
        if record.exc_info and record.exc_info[0]:
            content["error"] = record.exc_info[0].__name__
            content["at"] = [
                f"{Path(frame.filename).name}:{frame.lineno} {frame.name}"
                for frame in traceback.extract_tb(record.exc_info[2])
            ]
        return json.dumps({name: _short(value) for name, value in content.items()})


def _event(record: logging.LogRecord) -> str:
    if record.name.startswith(NAME):
        return record.getMessage()
    return f"{record.name} reported something"


def _short(value: Any) -> Any:
    return value[:_LONGEST] if isinstance(value, str) else value


def set_up_logs(level: str) -> None:
    """Everything goes to standard error as JSON lines."""
    handler = logging.StreamHandler()
    handler.setFormatter(JsonLines())
    logging.basicConfig(level=logging.WARNING, handlers=[handler], force=True)
    logging.getLogger(NAME).setLevel(level)
    for library in ("aiohttp", "uvicorn", "uvicorn.error", "asyncio"):
        logging.getLogger(library).setLevel(logging.WARNING)


class Log:
    """Events with fields."""

    def __init__(self) -> None:
        self._logger = logging.getLogger(NAME)

    def info(self, event: str, **fields: object) -> None:
        """Something that is as it should be."""
        self._logger.info(event, extra={"fields": fields})

    def warning(self, event: str, **fields: object) -> None:
        """Something that an operator may want to look at."""
        self._logger.warning(event, extra={"fields": fields})

    def error(self, event: str, **fields: object) -> None:
        """Something that was lost."""
        self._logger.error(event, extra={"fields": fields})

    def fault(self, event: str, **fields: object) -> None:
        """An exception that nobody expected; called where it is handled."""
        self._logger.error(event, extra={"fields": fields}, exc_info=True)
