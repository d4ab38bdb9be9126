"""moto's handlers, asked without moto's server, answer what they answer behind it."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import pytest
from botocore.exceptions import ClientError
from werkzeug.exceptions import Forbidden
from werkzeug.test import EnvironBuilder

from modules.local_aws import moto_services
from modules.local_aws.answer import Answer
from modules.local_aws.moto_services import MotoServices, ServedRequest
from tests.local_aws.conftest import Client

CALLS: list[tuple[str, str, dict[str, Any]]] = [
    ("config", "describe_configuration_recorders", {}),
    ("ec2", "describe_instances", {}),
    ("ec2", "describe_instances", {"InstanceIds": ["i-00000000000000000"]}),
    ("ec2", "describe_tags", {"Filters": [{"Name": "key", "Values": ["Umlaut"]}]}),
    ("iam", "get_role", {"RoleName": "ServerRole"}),
    ("iam", "get_role", {"RoleName": "nobody"}),
    ("iam", "list_policies", {"Scope": "AWS", "MaxItems": 3}),
    ("logs", "describe_log_groups", {}),
    ("logs", "get_log_events", {"logGroupName": "none", "logStreamName": "none"}),
    ("resourcegroupstaggingapi", "get_resources", {"ResourceTypeFilters": ["ec2:instance"]}),
    ("ssm", "get_parameter", {"Name": "Umlaut"}),
    ("ssm", "get_parameter", {"Name": "nothing"}),
]
# What the server adds for browsers, and what moto makes anew for each answer.
_ADDED = {"access-control-allow-origin", "content-length"}
_NEW = re.compile(rb"(?<=<RequestId>)[^<]*|(?<=<requestId>)[^<]*")


@pytest.fixture
def both(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[tuple[Answer, Answer]]]:
    """Every answer of a handler, beside the one that the server gives to the same request."""
    answers: list[tuple[Answer, Answer]] = []
    ask_handler, server = moto_services.ask_handler, MotoServices()

    def ask(handler: Any, request: ServedRequest) -> Answer:
        direct = ask_handler(handler, request)
        body = request.get_data()
        again = {**request.environ, "wsgi.input": io.BytesIO(body)}
        answers.append((direct, server.ask_server(ServedRequest(again))))
        return direct

    monkeypatch.setattr(moto_services, "ask_handler", ask)
    yield answers
    assert answers, "moto was not asked"


def plain(answer: Answer) -> tuple[int, dict[str, str], bytes]:
    """An answer without what differs from request to request."""
    headers = {name.lower(): value for name, value in answer.headers.items()}
    for name in {*_ADDED, "x-amzn-requestid"}:
        headers.pop(name, None)
    return answer.status, headers, _NEW.sub(b"", answer.body)


@pytest.mark.parametrize(("service", "operation", "parameters"), CALLS)
def test_the_answer_is_the_servers(
    client: Client,
    both: list[tuple[Answer, Answer]],
    service: str,
    operation: str,
    parameters: dict[str, Any],
) -> None:
    client("ssm").put_parameter(Name="Umlaut", Value="äöü", Type="String")
    both.clear()
    with suppress(ClientError):  # which has to be the same one
        getattr(client(service), operation)(**parameters)
    direct, served = both[-1]
    assert plain(direct) == plain(served)


@pytest.mark.parametrize("body", ["abc", b"abc"])
def test_a_body_alone_is_the_answer(body: object) -> None:
    request = ServedRequest(EnvironBuilder().get_environ())
    answer = moto_services.ask_handler(lambda *_request: body, request)
    assert (answer.status, answer.body) == (200, b"abc")


def test_an_error_that_a_handler_raises_is_an_answer() -> None:
    def handler(*_request: object) -> Any:
        raise Forbidden("not for you")

    answer = moto_services.ask_handler(handler, ServedRequest(EnvironBuilder().get_environ()))
    assert answer.status == 403
    assert b"not for you" in answer.body
