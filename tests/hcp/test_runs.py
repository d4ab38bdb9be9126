"""A run's whole way: delivery, plan, review, result."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.hcp import plans
from tests.hcp.conftest import Service, StartService
from tests.hcp.run_tasks import RunTasks

PYTHON = "modules.run_task.reviews.sys.executable"


def test_a_plan_that_begins_to_install_fails(service: Service, hcp: RunTasks) -> None:
    run = hcp.new_run(plans.installing_begins())
    assert service.deliver(run).status_code == 200
    assert run.result["attributes"]["status"] == "failed"
    assert run.outcomes[0]["outcome-id"] == "install-begins"


def test_a_plan_that_changes_nothing_passes(service: Service, hcp: RunTasks) -> None:
    run = hcp.new_run(plans.nothing_changes())
    assert service.deliver(run).status_code == 200
    assert run.result["attributes"]["status"] == "passed"
    assert run.outcomes == []


def test_progress_comes_before_the_result(service: Service, hcp: RunTasks) -> None:
    run = hcp.new_run(plans.nothing_changes())
    service.deliver(run)
    assert run.result
    told = [each["data"]["attributes"] for each in run.callbacks]
    assert [each["status"] for each in told] == ["running", "running", "passed"]
    assert told[0]["message"] == "Fetching the plan."
    assert told[1]["message"] == "Reviewing a plan of 0.0 MB."


def test_the_settings_decide_what_fails(start_service: StartService, hcp: RunTasks) -> None:
    run, other = (hcp.new_run(plans.installing_begins()) for _ in range(2))
    with start_service(FAIL_ON="never") as lenient:
        lenient.deliver(run)
        assert run.result["attributes"]["status"] == "passed"
    allowed = "install-begins=a new fleet; reboot-begins=agreed"
    with start_service(ALLOW=allowed, TIMEZONE="Asia/Tokyo") as allowing:
        allowing.deliver(other)
        assert other.result["attributes"]["status"] == "passed"
    begins = next(each for each in other.outcomes if each["outcome-id"] == "install-begins")
    assert begins["tags"]["Status"] == [{"label": "Allowed", "level": "info"}]
    assert "Allowed: a new fleet" in begins["body"]
    assert "Asia/Tokyo" in begins["body"]


def test_a_fleet_is_counted(start_service: StartService, hcp: RunTasks, tmp_path: Path) -> None:
    fleet = tmp_path / "fleet.yaml"
    fleet.write_text("nodes: [{id: i-0123456789abcdef0, tags: {Env: test}}]", encoding="utf-8")
    run = hcp.new_run(plans.installing_begins())
    with start_service(FLEET=str(fleet)) as counting:
        counting.deliver(run)
        assert "no-node-reached" in {each["outcome-id"] for each in run.outcomes}


def test_outcomes_are_not_sent_to_one_who_does_not_take_them(
    service: Service, hcp: RunTasks
) -> None:
    run = hcp.new_run(plans.installing_begins())
    service.deliver(run, capabilities={})
    assert run.result["attributes"]["status"] == "failed"
    assert "relationships" not in run.result


@pytest.mark.parametrize("stage", ["pre_plan", "another"])
def test_a_stage_without_a_plan_fails_and_says_what_to_set(
    stage: str, service: Service, hcp: RunTasks
) -> None:
    run = hcp.new_run(plans.nothing_changes())
    service.deliver(run, stage=stage, plan_json_api_url=None)
    assert run.result["attributes"]["status"] == "failed"
    assert "post-plan" in run.result["attributes"]["message"]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "found nothing"),
        (b"<html>", "not JSON"),
        (b'{"format_version": "2.0", "resource_changes": []}', "found format_version"),
        (b'{"a":' * 200_000, "nested too deep"),
        (b'{"format_version": "1.2", "resource_changes": [1]}', "not of Terraform's plan format"),
    ],
    ids=["empty", "html", "next version", "bomb", "broken"],
)
def test_what_is_no_plan_fails_and_says_why(
    content: bytes, said: str, service: Service, hcp: RunTasks
) -> None:
    run = hcp.new_run(content)
    service.deliver(run)
    assert run.result["attributes"]["status"] == "failed"
    assert said in run.result["attributes"]["message"]


def test_a_plan_that_needs_too_much_memory_ends_its_own_review_alone(
    start_service: StartService, hcp: RunTasks
) -> None:
    heavy = hcp.new_run(b'{"format_version": "1.2", "x": [' + b"[]," * 3_000_000 + b"0]}")
    light = hcp.new_run(plans.nothing_changes())
    with start_service(REVIEW_MEMORY_MB="160") as small:
        small.deliver(heavy)
        small.deliver(light)
        assert "more than the 160 MB" in heavy.result["attributes"]["message"]
        assert heavy.result["attributes"]["status"] == "failed"
        assert light.result["attributes"]["status"] == "passed"


def script(folder: Path, command: str) -> str:
    """Something to be run in Python's place."""
    file = folder / "python"
    file.write_text(f"#!/bin/sh\n{command}\n", encoding="utf-8")
    file.chmod(0o755)
    return str(file)


def test_a_crash_names_the_limit_of_memory(
    start_service: StartService, hcp: RunTasks, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(PYTHON, script(tmp_path, "kill -SEGV $$"))
    run = hcp.new_run(plans.nothing_changes())
    with start_service() as service:
        service.deliver(run)
        assert "as it does where 1024 MB do not suffice" in run.result["attributes"]["message"]
    assert run.result["attributes"]["status"] == "failed"


def test_a_review_that_takes_too_long_is_stopped(
    start_service: StartService, hcp: RunTasks, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(PYTHON, script(tmp_path, "exec sleep 60"))
    run = hcp.new_run(plans.nothing_changes())
    with start_service(REVIEW_SECONDS="1") as quick:
        quick.deliver(run)
        assert "more than 1 s" in run.result["attributes"]["message"]
    assert run.result["attributes"]["status"] == "failed"


def test_a_review_that_crashes_fails_and_the_next_does_not(
    start_service: StartService, hcp: RunTasks, monkeypatch: pytest.MonkeyPatch
) -> None:
    run, other = (hcp.new_run(plans.nothing_changes()) for _ in range(2))
    with start_service(REVIEWS="1") as service, monkeypatch.context() as broken:
        broken.setattr(PYTHON, "/bin/false")
        service.deliver(run)
        assert "a fault of the service" in run.result["attributes"]["message"]
        broken.undo()
        service.deliver(other)
        assert other.result["attributes"]["status"] == "passed"


@pytest.mark.parametrize("generation", [1, 2], ids=["the worker", "its fork"])
def test_a_review_that_is_killed_fails_and_the_next_does_not(
    generation: int, start_service: StartService, hcp: RunTasks
) -> None:
    """As the system does where memory runs out."""
    endless = b'{"format_version": "1.2", "resource_changes": [' + b"[[[]]]," * 4_000_000 + b"0]}"
    run, other = hcp.new_run(endless), hcp.new_run(plans.nothing_changes())
    others = set(children(os.getpid()))
    with start_service(REVIEWS="1") as service:
        service.deliver(run)
        found = wait_for(lambda: [each for each in children(os.getpid()) if each not in others])
        if generation == 2:
            found = wait_for(lambda: children(found[0]))
        os.kill(found[0], signal.SIGKILL)
        assert "exit status -9: a fault of the service" in run.result["attributes"]["message"]
        service.deliver(other)
        assert other.result["attributes"]["status"] == "passed"


def children(process: int) -> list[int]:
    tasks = Path(f"/proc/{process}/task").iterdir()
    return [int(each) for task in tasks for each in (task / "children").read_text().split()]


def wait_for(find: Callable[[], list[int]]) -> list[int]:
    end = time.monotonic() + 20
    while not (found := find()):
        assert time.monotonic() < end
        time.sleep(0.005)
    return found


def test_a_fault_of_the_service_is_an_answer_as_well(
    start_service: StartService,
    hcp: RunTasks,
    monkeypatch: pytest.MonkeyPatch,
    log: Callable[[], str],
) -> None:
    monkeypatch.setattr(PYTHON, "/does/not/exist")
    run = hcp.new_run(plans.nothing_changes())
    with start_service() as service:
        service.deliver(run)
        assert "a fault of its own" in run.result["attributes"]["message"]
    assert '"error": "FileNotFoundError"' in log()


def test_reviews_do_not_see_the_key(
    start_service: StartService, hcp: RunTasks, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """A plan's reviewer that were taken over could sign deliveries with it."""
    monkeypatch.setenv("PATCH_POLICY_RUN_TASK_HMAC_KEY", "not for reviews")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "neither")
    seen = tmp_path / "environment"
    monkeypatch.setattr(PYTHON, script(tmp_path, f"env > {seen}"))
    run = hcp.new_run(plans.nothing_changes())
    with start_service() as service:
        service.deliver(run)
        assert run.result
    assert "PATH=" in seen.read_text(encoding="utf-8")
    assert "not for reviews" not in seen.read_text(encoding="utf-8")
    assert "AWS_SECRET" not in seen.read_text(encoding="utf-8")


def test_nothing_of_a_plan_stays_on_disk(
    service: Service, hcp: RunTasks, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    run = hcp.new_run(plans.nothing_changes())
    service.deliver(run)
    assert run.result
    assert os.listdir(tmp_path) == []  # noqa: PTH208 - names alone


def test_sensitive_values_are_in_no_callback(service: Service, hcp: RunTasks) -> None:
    before = plans.association(plans.SCAN)
    after = plans.association(plans.SCAN, "Install") | {"max_errors": "hunter2"}
    change = plans.change(before, after, after_sensitive={"max_errors": True})
    run = hcp.new_run(plans.plan(change))
    service.deliver(run)
    assert run.result["attributes"]["status"] == "failed"
    assert "hunter2" not in str(run.callbacks)


def test_many_runs_at_once_each_have_their_own_result(service: Service, hcp: RunTasks) -> None:
    runs = [
        hcp.new_run(plans.installing_begins() if number % 2 else plans.nothing_changes())
        for number in range(8)
    ]
    assert {service.deliver(run).status_code for run in runs} == {200}
    statuses = [run.result["attributes"]["status"] for run in runs]
    assert statuses == ["passed", "failed"] * 4
