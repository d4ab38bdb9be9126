"""A first deployment that meets faults is repaired by the next one."""

from __future__ import annotations

import pytest

from tests.e2e.scenario_faults import IDS, ROLE_DELAY_SECONDS, Faults


@pytest.mark.parametrize("policy", IDS)
def test_an_apply_fails_where_the_function_fails(faults: Faults, policy: str) -> None:
    faults.first[policy].failed(saying="A fault was asked for.")


def test_one_function_failed_before_it_wrote_and_one_after(faults: Faults) -> None:
    assert len(faults.written_by_first) == 1


@pytest.mark.parametrize("policy", IDS)
def test_the_next_apply_repairs_it(faults: Faults, policy: str) -> None:
    faults.second[policy].succeeded()
    assert policy in faults.written_by_second
    assert faults.plans[policy].status == 0, str(faults.plans[policy])


def test_throttling_is_waited_out(faults: Faults) -> None:
    assert {"Throttling", "ThrottlingException"} <= faults.errors


def test_no_first_run_is_lost_to_a_role_that_is_too_new(faults: Faults) -> None:
    assert len(faults.role_ages) == 2 * 5
    assert min(faults.role_ages.values()) > ROLE_DELAY_SECONDS


def test_a_function_is_made_as_soon_as_its_role_can_be_assumed(faults: Faults) -> None:
    assert "InvalidParameterValueException" in faults.errors
