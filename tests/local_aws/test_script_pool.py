"""Which processes are kept for the next run of a script, and for how long."""

from __future__ import annotations

from typing import Any

import pytest

from modules.local_aws.automation import script_pool


class Process:
    """Stands for a process: whether it was ended is all that is asked of it."""

    def __init__(self) -> None:
        self.last_run = 0
        self.ended = False

    def end(self) -> None:
        self.ended = True


@pytest.fixture
def pool(monkeypatch: pytest.MonkeyPatch) -> script_pool.Pool:
    monkeypatch.setattr(script_pool, "Worker", Process)
    return script_pool.Pool()


def run(pool: script_pool.Pool, script: str, times: int = 1) -> Any:
    """Run a script; the process that it ran in last."""
    for _ in range(times):
        with pool.borrow(script) as worker:
            used = worker
    return used


def test_a_script_finds_its_process_again(pool: script_pool.Pool) -> None:
    first = run(pool, "a")
    run(pool, "b", times=100)
    assert run(pool, "a") is first


def test_a_process_that_no_run_needs_any_more_is_ended(pool: script_pool.Pool) -> None:
    first = run(pool, "a")
    run(pool, "b", times=201)
    assert first.ended
    assert [script for script, _ in pool.idle] == ["b"]
