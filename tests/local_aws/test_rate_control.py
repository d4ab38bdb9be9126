"""MaxConcurrency and MaxErrors, as the API reference of CreateAssociation counts them."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from modules.local_aws.state_manager.rate_control import RateControl, carry_out


def waves(control: RateControl, targets: int, failing: set[int]) -> tuple[list[int], int]:
    """How large each wave was, and how many targets were left out."""
    sizes: list[int] = []

    def run(wave: Sequence[int]) -> list[bool]:
        sizes.append(len(wave))
        return [target in failing for target in wave]

    _, spared = carry_out(range(targets), run, bool, control)
    return sizes, len(spared)


def one_at_a_time(max_errors: str) -> RateControl:
    return RateControl(max_concurrency="1", max_errors=max_errors)


@pytest.mark.parametrize(
    ("max_errors", "targets", "begun"),
    [("3", 50, 4), ("0", 50, 1), ("10%", 50, 6), ("2%", 4, 1), ("100%", 50, 50), ("0%", 50, 1)],
)
def test_no_target_is_begun_after_one_error_too_many(
    max_errors: str, targets: int, begun: int
) -> None:
    sizes, spared = waves(one_at_a_time(max_errors), targets, failing=set(range(targets)))
    assert (sum(sizes), spared) == (begun, targets - begun)


def test_what_runs_already_is_allowed_to_complete() -> None:
    control = RateControl(max_concurrency="5", max_errors="0")
    assert waves(control, 12, failing={0}) == ([5], 7)


@pytest.mark.parametrize(
    ("max_concurrency", "expected"),
    [("5", [5, 5, 2]), ("50%", [6, 6]), ("1%", [1] * 12), ("100%", [12]), ("50", [12])],
)
def test_so_many_run_at_a_time(max_concurrency: str, expected: list[int]) -> None:
    assert waves(RateControl(max_concurrency=max_concurrency), 12, set()) == (expected, 0)


def test_without_limits_fifty_run_at_a_time_whatever_fails() -> None:
    assert waves(RateControl(), 120, failing=set(range(120))) == ([50, 50, 20], 0)


def test_automations_begin_with_one_and_double() -> None:
    control = RateControl(max_concurrency="10", ramps_up=True)
    assert waves(control, 30, set()) == ([1, 2, 4, 8, 10, 5], 0)
