"""Results reach HCP Terraform: again where lost, without outcomes where those are refused."""

from __future__ import annotations

import json
import time
from collections.abc import Callable

import pytest
from aiohttp import ClientConnectionError, ClientPayloadError, ServerTimeoutError

from modules.run_task.hcp import HcpClient, pause
from tests.hcp import plans
from tests.hcp.conftest import Service, StartService
from tests.hcp.run_tasks import RunTasks, TaskRun

Log = Callable[[], str]


@pytest.fixture(autouse=True)
def tries_follow_soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("modules.run_task.hcp.pause", lambda _: 0.01)


def events(log: Log, run: TaskRun) -> list[dict[str, object]]:
    """Those of this run: the service may still be at one of the test before."""
    every = map(json.loads, log().splitlines())
    return [each for each in every if each.get("run_id") == f"run-{run.number}"]


def named(found: list[dict[str, object]], name: str) -> list[dict[str, object]]:
    return [each for each in found if each["event"] == name]


def until(look: Callable[[], list[dict[str, object]]]) -> list[dict[str, object]]:
    end = time.monotonic() + 20
    while not (found := look()):
        assert time.monotonic() < end
        time.sleep(0.02)
    return found


def test_a_lost_callback_is_sent_again(service: Service, hcp: RunTasks, log: Log) -> None:
    run = hcp.new_run(plans.installing_begins(), callback_statuses=[503, 500, 429, 502, 408])
    service.deliver(run)
    assert run.result["attributes"]["status"] == "failed"
    (sent,) = until(lambda: named(events(log, run), "result sent"))
    assert sent["tries"] == 4


def test_a_connection_that_fails_is_no_end(
    service: Service, hcp: RunTasks, monkeypatch: pytest.MonkeyPatch
) -> None:
    send, failures = (
        HcpClient.send,
        iter([ClientConnectionError, ServerTimeoutError, ClientPayloadError]),
    )

    async def unreliable(*arguments: object, **named: object) -> int:
        for failure in failures:
            raise failure("gone")
        return await send(*arguments, **named)  # type: ignore[arg-type] # handed through

    monkeypatch.setattr(HcpClient, "send", unreliable)
    run = hcp.new_run(plans.nothing_changes())
    service.deliver(run)
    assert run.result["attributes"]["status"] == "passed"


def test_outcomes_that_are_refused_do_not_lose_the_verdict(service: Service, hcp: RunTasks) -> None:
    run = hcp.new_run(plans.installing_begins(), callback_statuses=[200, 200, 422])
    service.deliver(run)
    assert run.result["attributes"]["status"] == "failed"
    assert "relationships" not in run.result


@pytest.mark.parametrize("status", [401, 404, 307])
def test_a_refused_result_is_lost_and_said_so(
    status: int, service: Service, hcp: RunTasks, log: Log
) -> None:
    run = hcp.new_run(plans.nothing_changes(), callback_statuses=[status] * 3)
    service.deliver(run)
    (lost,) = until(lambda: named(events(log, run), "result lost"))
    assert lost["reason"] == f"HCP Terraform answered {status}"
    assert lost["level"] == "error"
    assert run.callback_statuses == [], "one try, after two of progress"


def test_a_dead_callback_address_is_given_up_in_time_and_may_be_delivered_again(
    start_service: StartService, hcp: RunTasks, log: Log
) -> None:
    run = hcp.new_run(plans.nothing_changes(), callback_statuses=[503] * 10_000)
    with start_service(CALLBACK_SECONDS="1") as impatient:
        impatient.deliver(run)
        until(lambda: named(events(log, run), "result lost"))
        run.callback_statuses.clear()
        assert impatient.deliver(run).text == "accepted\n"
        assert run.result["attributes"]["status"] == "passed"


def test_pauses_double_and_vary_up_to_a_minute() -> None:
    for tries, most in {1: 1, 2: 2, 3: 4, 7: 60, 5000: 60}.items():
        drawn = [pause(tries) for _ in range(50)]
        assert most / 2 <= min(drawn) < max(drawn) <= most
