"""Which patch baseline each operating system gets."""

from __future__ import annotations

from modules.policy.operating_systems import OPERATING_SYSTEMS, PREDEFINED_BASELINE_NAMES
from modules.quick_setup.baseline_selection import baseline_selection
from tests.unit.quick_setup.sample import policy

CUSTOM = {"WINDOWS": "pb-0123456789abcdef0", "DEBIAN": "pb-0fedcba9876543210"}


def test_without_a_choice_every_system_gets_its_predefined_default() -> None:
    selection = baseline_selection(policy())
    assert selection.chosen == {}
    assert selection.predefined == PREDEFINED_BASELINE_NAMES


def test_a_chosen_baseline_stands_for_the_predefined_one() -> None:
    selection = baseline_selection(policy(patch_baselines=CUSTOM))
    assert {system: entry["value"] for system, entry in selection.chosen.items()} == CUSTOM
    assert {*selection.chosen, *selection.predefined} == set(OPERATING_SYSTEMS)
    assert selection.chosen.keys().isdisjoint(selection.predefined)


def test_the_order_of_the_policys_choices_changes_nothing() -> None:
    reversed_choice = dict(reversed(CUSTOM.items()))
    first, second = (
        baseline_selection(policy(patch_baselines=each)) for each in (CUSTOM, reversed_choice)
    )
    assert list(first.chosen.items()) == list(second.chosen.items())
    assert list(first.predefined.items()) == list(second.predefined.items())
