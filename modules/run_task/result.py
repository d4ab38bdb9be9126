"""The result of a run task, in the form that HCP Terraform takes.

Source: "Run tasks integration API", "Run Task Callback", and its schema runtask-result.json with
runtask-outcome.json. Where the page allows more than the schema, the schema's limit holds here.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

MOST_OUTCOMES: Final = 250
LONGEST_MESSAGE: Final = 1000
LONGEST_BODY: Final = 10_000
LONGEST_LABEL: Final = 32
LONGEST_ID: Final = 64


class Status(StrEnum):
    """Where a run task stands; the last two are final."""

    RUNNING = "running"
    PASSED = "passed"
    FAILED = "failed"


@dataclass(frozen=True, kw_only=True)
class Result:
    """What is shown in the run; `outcomes` are the attributes of each, worst first."""

    status: Status
    message: str
    outcomes: Sequence[Mapping[str, Any]] = ()


def failed(message: str) -> Result:
    """The result of a run whose plan could not be reviewed: nobody has looked at it."""
    return Result(status=Status.FAILED, message=message)


def callback_body(result: Result, *, with_outcomes: bool) -> dict[str, Any]:
    """The document of a callback."""
    data: dict[str, Any] = {
        "type": "task-results",
        "attributes": {"status": str(result.status), "message": cut(result.message)},
    }
    if with_outcomes and result.outcomes:
        outcomes = [
            {"type": "task-result-outcomes", "attributes": dict(each)} for each in result.outcomes
        ]
        data["relationships"] = {"outcomes": {"data": outcomes}}
    return {"data": data}


def cut(text: str, length: int = LONGEST_MESSAGE) -> str:
    """Text of at most that length; where something is left out, an ellipsis says so."""
    return text if len(text) <= length else f"{text[: length - 1]}…"
