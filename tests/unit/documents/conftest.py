"""What the tests of the Automation documents share."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import boto3
import pytest
from botocore.awsrequest import AWSResponse
from botocore.compat import HTTPHeaders
from moto import mock_aws
from moto.core.botocore_stubber import MockRawResponse

from tests.unit.documents.fakes import FakeRegion


@pytest.fixture
def region(monkeypatch: pytest.MonkeyPatch) -> FakeRegion:
    """A region in boto3's place, with a clock of its own."""
    region = FakeRegion()
    monkeypatch.setattr(boto3, "client", region.client)
    monkeypatch.setattr(time, "monotonic", lambda: region.now)
    return region


@dataclass
class Calls:
    """The calls that reached AWS, in order, and a failure for the next call of an operation."""

    made: list[str] = field(default_factory=list)
    failures: dict[str, list[AWSResponse | None]] = field(default_factory=dict)

    @property
    def writes(self) -> list[str]:
        """The calls that change something."""
        return [name for name in self.made if not name.startswith(("Get", "List", "Describe"))]

    def fail_next(self, operation: str, code: str, status: int = 400) -> None:
        """Answer the operation's next call with an error of a service that speaks XML."""
        body = f"<ErrorResponse><Error><Code>{code}</Code></Error></ErrorResponse>".encode()
        answer = AWSResponse("", status, HTTPHeaders(), MockRawResponse(body))
        self.failures.setdefault(operation, []).append(answer)

    def answer(self, event_name: str, **rest: object) -> Any:
        """Stand in front of moto."""
        operation = event_name.rpartition(".")[2]
        self.made.append(operation)
        waiting = self.failures.get(operation)
        return waiting.pop(0) if waiting else None


@pytest.fixture(scope="session")
def session() -> boto3.Session:
    """One session for all tests: it keeps the services' models, which take long to read."""
    return boto3.Session("test", "test", region_name="eu-west-1")


@contextmanager
def account(session: boto3.Session) -> Iterator[Calls]:
    """An account of moto's, the calls to it on record, and retries that do not wait."""
    calls = Calls()
    with pytest.MonkeyPatch.context() as patch, mock_aws():
        patch.setattr(time, "sleep", lambda seconds: None)
        patch.setattr(boto3, "DEFAULT_SESSION", session)
        session.events.register_first("before-send", calls.answer)
        yield calls
        session.events.unregister("before-send", calls.answer)


@pytest.fixture
def calls(session: boto3.Session) -> Iterator[Calls]:
    """A new account for each test."""
    with account(session) as calls:
        yield calls


@pytest.fixture(scope="module")
def shared_calls(session: boto3.Session) -> Iterator[Calls]:
    """One account for a module: moto's EC2 takes long to start."""
    with account(session) as calls:
        yield calls
