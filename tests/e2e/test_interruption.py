"""A deployment that was stopped half-way converges when it is run again."""

from __future__ import annotations

import pytest

from tests.e2e.scenario_interruption import DOUBLED, Interruption

POLITE = ["SIGINT", "SIGTERM"]
ALL = [*POLITE, "SIGKILL"]


@pytest.mark.parametrize("signal", ALL)
def test_the_deployment_was_stopped(interruption: Interruption, signal: str) -> None:
    assert interruption.by_signal[signal].first.status != 0


@pytest.mark.parametrize("signal", ALL)
def test_the_command_ends_no_sooner_than_terraform(interruption: Interruption, signal: str) -> None:
    assert interruption.by_signal[signal].still_running == []


@pytest.mark.parametrize("signal", POLITE)
def test_a_signal_leaves_nothing_out_of_the_state(interruption: Interruption, signal: str) -> None:
    interrupted = interruption.by_signal[signal]
    assert "Terraform completes the stack" in interrupted.first.output
    interrupted.preflight.succeeded()


def test_what_sigkill_left_out_of_the_state_is_named(interruption: Interruption) -> None:
    killed = interruption.by_signal["SIGKILL"]
    killed.preflight.failed(saying="import it: terraform")
    assert killed.imports
    for each in killed.imports:
        each.succeeded()


@pytest.mark.parametrize("signal", ALL)
def test_the_next_deployment_converges(interruption: Interruption, signal: str) -> None:
    interrupted = interruption.by_signal[signal]
    interrupted.second.succeeded()
    assert interrupted.plan.status == 0, str(interrupted.plan)
    assert len(interrupted.associations) == 6


def test_a_second_association_of_the_same_name_is_noticed(interruption: Interruption) -> None:
    interruption.doubled.failed(saying=f"{DOUBLED!r} exists more than once")


def test_nothing_is_applied_beside_a_second_association(interruption: Interruption) -> None:
    interruption.deployment_of_doubled.failed(saying=f"{DOUBLED!r} exists more than once")
    assert "not applied" in interruption.deployment_of_doubled.output
