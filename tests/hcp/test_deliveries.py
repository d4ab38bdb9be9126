"""What is accepted as a delivery, and what is refused."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from tests.hcp import plans
from tests.hcp.conftest import KEY, Service, StartService
from tests.hcp.run_tasks import RunTasks


def test_the_test_payload_is_answered_and_nothing_else_is_done(
    service: Service, hcp: RunTasks
) -> None:
    """HCP Terraform sends it when the task is made, with addresses that lead nowhere."""
    run = hcp.new_run(plans.nothing_changes())
    before = hcp.callback_requests
    other = {"access_token": "test-token", "stage": "test", "plan_json_api_url": None}
    answer = service.deliver(run, task_result_callback_url="https://example.com", **other)
    assert (answer.status_code, answer.text) == (200, "ready\n")
    assert (run.plan_reads, hcp.callback_requests) == (0, before)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"null",
        b"[]",
        b'"text"',
        b"{",
        b"\xff\xfe",
        b"[" * 200_000,
        b'{"a":' * 40_000,
        b'{"payload_version": ' + b"9" * 5000 + b"}",
        b'{"access_token": NaN}',
    ],
    ids=["empty", "null", "list", "text", "cut", "bytes", "deep", "deep object", "long", "nan"],
)
def test_a_signed_body_that_is_no_delivery_is_refused(body: bytes, service: Service) -> None:
    """An empty body has a signature too."""
    assert service.post(body).status_code == 400


@pytest.mark.parametrize(
    ("other", "said"),
    [
        ({"payload_version": 2}, "payload_version"),
        ({"payload_version": None}, "payload_version"),
        ({"task_result_id": ""}, "task_result_id"),
        ({"task_result_id": 7}, "task_result_id"),
        ({"access_token": ""}, "access_token"),
        ({"access_token": None}, "access_token"),
        ({"access_token": "two\r\nX-Header: lines"}, "access_token"),
        ({"access_token": "ünïcode"}, "access_token"),
        ({"access_token": "a" * 5000}, "access_token"),
        ({"task_result_callback_url": None}, "task_result_callback_url"),
        ({"plan_json_api_url": ["https://localhost"]}, "plan_json_api_url"),
    ],
    ids=str,
)
def test_members_that_do_not_do_are_named(
    other: dict[str, Any], said: str, service: Service, hcp: RunTasks
) -> None:
    run = hcp.new_run(plans.nothing_changes())
    answer = service.deliver(run, **other)
    assert (answer.status_code, said in answer.text) == (400, True)
    assert run.plan_reads == 0


@pytest.mark.parametrize("member", ["task_result_callback_url", "plan_json_api_url"])
@pytest.mark.parametrize(
    "address",
    [
        "https://evil.example/api/v2/x",
        "http://localhost:PORT/api/v2/x",
        "https://localhost/api/v2/x",
        "https://localhost:1/api/v2/x",
        "https://127.0.0.1:PORT/api/v2/x",
        "https://localhost.evil.example:PORT/x",
        "https://localhost:PORT.evil.example/x",
        "https://localhost:PORT@evil.example/x",
        "https://evil.example@localhost:PORT/x",
        "https://evil.example#@localhost:PORT/x",
        "https://evil.example\\@localhost:PORT/x",
        "https:\\\\localhost:PORT\\x",
        "https:/localhost:PORT/x",
        "//localhost:PORT/x",
        "https://LOCALHOST:PORT/x",
        "https://localhost.:PORT/x",
        "https://loc\u0430lhost:PORT/x",
        "https://localhost:PORT",
        " https://localhost:PORT/x",
        "https://localhost:PORT/x\r\nHost: evil.example",
        "https://localhost:PORT/\t",
        "https://[::1]:PORT/x",
        "https://2130706433:PORT/x",
        "https://169.254.169.254/latest/meta-data/",
        "file:///etc/passwd",
        "gopher://localhost:PORT/x",
        "https://localhost:PORT/" + "a" * 5000,
    ],
)
def test_an_address_of_another_host_is_refused(
    address: str, member: str, service: Service, hcp: RunTasks
) -> None:
    port = hcp.address.rpartition(":")[2]
    run = hcp.new_run(plans.nothing_changes())
    answer = service.deliver(run, **{member: address.replace("PORT", port)})
    assert answer.status_code == 400
    assert answer.text == f"found a {member} that is not an address of {hcp.address}\n"
    assert (run.plan_reads, run.callbacks) == (0, [])


def test_a_repeated_delivery_is_answered_and_begins_nothing(
    service: Service, hcp: RunTasks
) -> None:
    run = hcp.new_run(plans.nothing_changes())
    body = hcp.delivery(run)
    assert service.post(body).text == "accepted\n"
    assert service.post(body).text == "accepted before\n"
    assert run.result
    assert service.post(body).text == "accepted before\n"
    assert (run.plan_reads, len(run.callbacks)) == (1, 3)


def test_too_many_runs_are_sent_away_and_may_come_back(
    start_service: StartService, hcp: RunTasks
) -> None:
    slow = hcp.new_run(plans.nothing_changes(), pause=1.0)
    late = hcp.new_run(plans.nothing_changes())
    with start_service(MAX_RUNS="1") as small:
        assert small.deliver(slow).status_code == 200
        answer = small.deliver(late)
        assert (answer.status_code, answer.headers["retry-after"]) == (503, "30")
        assert slow.result["attributes"]["status"] == "passed"
        assert small.deliver(late).status_code == 200
        assert late.result["attributes"]["status"] == "passed"


def test_health_tells_how_many_runs_there_are(service: Service, hcp: RunTasks) -> None:
    run = hcp.new_run(plans.nothing_changes(), pause=0.5)
    service.deliver(run)
    answer = httpx.get(f"{service.address}health", timeout=20)
    assert (answer.status_code, answer.json()["status"]) == (200, "ok")
    assert answer.json()["active_runs"] >= 1
    assert run.result


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "", 405),
        ("PUT", "", 405),
        ("POST", "health", 405),
        ("GET", "docs", 404),
        ("GET", "health/", 404),
    ],
)
def test_there_is_nothing_else(method: str, path: str, status: int, service: Service) -> None:
    assert httpx.request(method, service.address + path, timeout=20).status_code == status


def test_no_secret_and_no_address_is_logged(
    service: Service, hcp: RunTasks, log: Callable[[], str]
) -> None:
    """Even with every library at its chattiest."""
    runs = [hcp.new_run(plans.installing_begins()), hcp.new_run(b"secret-in-the-plan")]
    runs.append(hcp.new_run(plans.nothing_changes(), callback_statuses=[503, 500]))
    for run in runs:
        service.deliver(run)
        assert run.result
    service.deliver(runs[0], access_token="bad\ntoken-in-a-body")
    text = log()
    assert '"event": "result sent"' in text
    for secret in (*(run.token for run in runs), KEY, "signature=secret", "/v1/object", "atlasv1"):
        assert secret not in text
    for value in ("secret-in-the-plan", "token-in-a-body", "tag:Env"):
        assert value not in text
    assert all(isinstance(json.loads(line), dict) for line in text.splitlines())


def test_a_name_cannot_forge_a_line_of_the_log(
    service: Service, hcp: RunTasks, log: Callable[[], str]
) -> None:
    run = hcp.new_run(plans.nothing_changes())
    service.deliver(run, workspace_name='x"}\n{"event": "forged"}\u2028')
    assert run.result
    events = [json.loads(line)["event"] for line in log().splitlines()]
    assert "accepted" in events
    assert "forged" not in events
