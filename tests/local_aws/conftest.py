"""One embedded AWS for all tests, empty at the start of each, and clients for its accounts."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from functools import cache
from typing import Any

import boto3
import pytest
from botocore.config import Config

from modules.local_aws import Fleet, LocalAws
from modules.local_aws.fleet import Node
from modules.local_aws.organizations import Membership
from tests.local_aws.runbooks import Runbooks
from tests.support.quick import (  # noqa: F401  # a hook and a fixture
    pytest_configure,
    service_models_are_read_once,
)

REGION = "us-east-1"
ACCOUNT = "123456789012"
MEMBER = "111122223333"
STRANGER = "999988887777"

Client = Callable[..., Any]


def nodes() -> tuple[Node, ...]:
    """A machine of every kind."""
    here: dict[str, Any] = {"account": ACCOUNT, "region": REGION}
    prod: dict[str, Any] = {"tags": {"Env": "prod"}}
    return (
        Node(name="bare", **here, **prod),
        Node(name="managed", profile="Servers", role="ServerRole", **here, **prod),
        Node(name="empty", profile="Empty", **here),
        Node(name="stopped", profile="Servers", role="ServerRole", state="stopped", **here),
        Node(name="shop", kind="hybrid", role="ShopRole", **here, **prod),
        Node(name="office", kind="hybrid", operating_system="WINDOWS", **here),
    )


NO_NODES = Fleet(
    memberships={
        ACCOUNT: Membership(path="o-a1b2c3d4e5/r-ab12/ou-ab12-11111111/"),
        MEMBER: Membership(path="o-a1b2c3d4e5/r-ab12/ou-ab12-22222222/"),
    },
    missing_baselines={"us-west-1": frozenset({"RASPBIAN"})},
)


TYPES: Mapping[str, Any] = {"string": str, "integer": int, "long": int, "boolean": bool}


def misfits(shape: Any, value: Any, path: str) -> Iterator[str]:
    """Where a result does not fit an output shape of botocore's model."""
    if shape.type_name == "structure":
        yield from (f"{path}.{name} is unknown" for name in value if name not in shape.members)
        for name in value.keys() & shape.members.keys():
            if value[name] is not None:
                yield from misfits(shape.members[name], value[name], f"{path}.{name}")
    elif shape.type_name in {"list", "map"}:
        member = shape.member if shape.type_name == "list" else shape.value
        for item in value if shape.type_name == "list" else value.values():
            yield from misfits(member, item, f"{path}[]")
    elif not isinstance(value, TYPES.get(shape.type_name, object)):
        yield f"{path} is {value!r}"
    elif getattr(shape, "enum", None) and value not in shape.enum:
        yield f"{path} is {value!r}, none of {shape.enum}"


@pytest.fixture(scope="session")
def output_misfits() -> list[str]:
    """What the answers of the tests so far had that botocore's models do not allow."""
    return []


@pytest.fixture(scope="session")
def running(output_misfits: list[str]) -> Iterator[LocalAws]:
    """The embedded AWS; every answer of its own operations is held against botocore's models."""
    with LocalAws.start(NO_NODES) as aws:
        from modules.local_aws import gateway, protocol  # noqa: PLC0415  # they import moto

        send = protocol.answer

        def checked(envelope: Any, result: Mapping[str, Any]) -> Any:
            shape = envelope.model.output_shape
            found = misfits(shape, result, envelope.operation) if shape else iter(())
            output_misfits.extend(found)
            return send(envelope, result)

        patch = pytest.MonkeyPatch()
        patch.setattr(gateway, "answer", checked)
        yield aws
        patch.undo()


@pytest.fixture
def aws(running: LocalAws, output_misfits: list[str]) -> Iterator[LocalAws]:
    """The embedded AWS as it starts, with two accounts of an organization and no machines."""
    running.state.fleet = NO_NODES
    running.reset()
    output_misfits.clear()
    yield running
    assert output_misfits == []


@pytest.fixture
def fleet(aws: LocalAws) -> dict[str, str]:
    """A machine of every kind; their IDs by name."""
    aws.state.fleet = replace(NO_NODES, nodes=nodes())
    aws.reset()
    return {
        machine.node.name: machine.id for machine in aws.state.nodes.at((ACCOUNT, REGION)).values()
    }


@pytest.fixture(scope="session")
def make_client() -> Callable[..., Any]:
    """Makes a client, once for the same arguments: that takes longer than most calls."""
    session = boto3.Session()

    @cache
    def make(service: str, url: str, region: str, *keys: tuple[str, str]) -> Any:
        once = Config(retries={"total_max_attempts": 1})
        return session.client(  # type: ignore[call-overload]  # the service is a variable here
            service, endpoint_url=url, region_name=region, config=once, **dict(keys)
        )

    return make


@pytest.fixture
def client(aws: LocalAws, make_client: Callable[..., Any]) -> Client:
    """A client of a service: `client("ssm")`, `client("s3", MEMBER)`, or with credentials."""

    def make(service: str, account: str = ACCOUNT, *, region: str = REGION, **keys: str) -> Any:
        given = keys or {"aws_access_key_id": account, "aws_secret_access_key": "any"}
        return make_client(service, aws.url, region, *given.items())

    return make


@pytest.fixture
def runbooks(aws: LocalAws, client: Client) -> Runbooks:
    """Runs runbooks as the administrator of the account, or as a role that it makes."""
    return Runbooks(aws, client)


@pytest.fixture
def keys_of_role(client: Client) -> Callable[[str], dict[str, str]]:
    """The temporary credentials of a role, as a client takes them."""

    def assume(role_arn: str) -> dict[str, str]:
        answer = client("sts").assume_role(RoleArn=role_arn, RoleSessionName="test")
        given = answer["Credentials"]
        return {
            "aws_access_key_id": given["AccessKeyId"],
            "aws_secret_access_key": given["SecretAccessKey"],
            "aws_session_token": given["SessionToken"],
        }

    return assume
