"""The AWS double behind the real entry point, and time that does not pass."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial

import pytest
from baseline_overrides import handler
from baseline_overrides.patience import Patience
from moto import mock_aws
from moto.backends import get_backend
from moto.core.models import DEFAULT_ACCOUNT_ID

from tests.unit.lambda_src.aws_double import AwsDouble, Clock, Context, Event

Invoke = Callable[..., dict[str, object]]


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr("time.sleep", clock.sleep)
    patience = partial(Patience, sleep=clock.sleep, clock=clock.read)
    monkeypatch.setattr(handler, "Patience", patience)
    return clock


@pytest.fixture(scope="module", autouse=True)
def moto_session() -> Iterator[None]:
    """One boto3 session and one pair of clients per module: making them takes the longest."""
    with mock_aws():
        handler._clients.cache_clear()
        yield
        handler._clients.cache_clear()


@pytest.fixture
def new_clients() -> None:
    """For a test that uses up many of the retries which boto3 grants a client."""
    handler._clients.cache_clear()


@pytest.fixture
def aws(monkeypatch: pytest.MonkeyPatch, clock: Clock) -> Iterator[AwsDouble]:
    monkeypatch.setenv("REGION", "eu-central-1")
    monkeypatch.setenv("AWS_REGION", "us-west-2")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "testing")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "testing")
    # Of moto's backends this one alone: IAM's reads AWS's managed policies anew for a second.
    get_backend("s3")[DEFAULT_ACCOUNT_ID]["aws"].reset()
    with AwsDouble(*handler._clients()).answering() as double:
        yield double


@pytest.fixture
def invoke(aws: AwsDouble) -> Invoke:
    """Call the function as AWS Lambda does."""

    def call(event: Event, seconds_left: float = 300) -> dict[str, object]:
        return handler.lambda_handler(event, Context(seconds_left))

    return call
