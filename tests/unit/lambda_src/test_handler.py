"""The entry point: where it works, and how it logs."""

from __future__ import annotations

import logging
from typing import Any

import pytest
from baseline_overrides import handler


@pytest.mark.usefixtures("new_clients")
@pytest.mark.parametrize(("home", "used"), [("eu-central-1", "eu-central-1"), ("", "us-west-2")])
def test_works_in_the_home_region_and_without_one_in_its_own(
    monkeypatch: pytest.MonkeyPatch, home: str, used: str
) -> None:
    monkeypatch.setenv("REGION", home)
    monkeypatch.setenv("AWS_REGION", "us-west-2")

    assert [client.meta.region_name for client in handler._clients()] == [used, used]


@pytest.mark.usefixtures("new_clients")
def test_a_call_that_hangs_is_given_up_in_time_for_the_next_attempt(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Eight attempts at a call end well within the 300 seconds that an invocation has."""
    monkeypatch.setenv("REGION", "eu-central-1")

    for client in handler._clients():
        config: Any = client.meta.config  # its type stubs lack the options
        assert 8 * (config.connect_timeout + config.read_timeout) < 90


def test_decisions_are_logged_although_lambda_starts_with_warnings_alone() -> None:
    assert logging.getLogger("baseline_overrides.service").isEnabledFor(logging.INFO)
