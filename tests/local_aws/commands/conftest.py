"""The embedded AWS, for the verbs that call AWS: a node of every kind, and roles."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import pytest

from modules.commands.aws_session import session
from modules.local_aws import Fleet, LocalAws
from modules.local_aws.fleet import Node

ACCOUNT = "123456789012"
REGION = "eu-west-1"
NODES = (
    Node(name="web", account=ACCOUNT, region=REGION, profile="Web", role="WebRole"),
    Node(name="stopped", account=ACCOUNT, region=REGION, state="stopped"),
    Node(name="shop", account=ACCOUNT, region=REGION, kind="hybrid", role="ShopRole"),
)

Client = Callable[[str], Any]


@pytest.fixture(scope="module")
def running() -> Iterator[LocalAws]:
    with LocalAws.start(Fleet(nodes=NODES)) as aws:
        yield aws


@pytest.fixture
def aws(running: LocalAws, monkeypatch: pytest.MonkeyPatch) -> LocalAws:
    """The embedded AWS as it starts; the verbs take its endpoint from the environment."""
    running.reset()
    for name, value in running.environment(ACCOUNT, REGION).items():
        monkeypatch.setenv(name, value)
    return running


@pytest.fixture
def client(aws: LocalAws) -> Client:
    return session(REGION).client  # type: ignore[return-value]  # the stubs overload it by service


@pytest.fixture
def fleet(aws: LocalAws) -> Mapping[str, str]:
    """The nodes' IDs by name."""
    machines = aws.state.nodes.at((ACCOUNT, REGION)).values()
    return {machine.node.name: machine.id for machine in machines}
