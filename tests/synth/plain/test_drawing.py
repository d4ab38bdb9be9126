"""What is drawn of a policy of references is what the stacks are drawn of."""

from __future__ import annotations

from typing import Any

import pytest

from modules.plain.module import Module, build_module
from modules.plain.shape import Shape
from modules.plain.topics import places
from modules.policy.loader import load_policy
from tests.synth.apps import EXAMPLE, POLICIES


@pytest.fixture(scope="module")
def everything() -> Module:
    return build_module(*_reusable("everything"))


def _reusable(name: str) -> tuple[Any, Shape]:
    policy = load_policy(POLICIES / f"{name}.yaml")
    return policy, Shape.reusable(policy)


def test_every_resource_of_every_stack_is_listed(
    configurations: dict[str, dict[str, Any]],
) -> None:
    """So that nothing stands at a module's end under CDKTF's name."""
    drawn = {
        f"{type_}.{name}"
        for configuration in configurations.values()
        for type_, elements in configuration["resource"].items()
        for name in elements
    }
    assert drawn == set(places())


def test_no_mark_of_the_drawing_is_left(everything: Module) -> None:
    text = str(everything.configurations)
    assert "@tags" not in text
    assert "@each" not in text
    assert "'//': {" not in text


def test_every_variable_is_used_and_every_used_one_is_there(everything: Module) -> None:
    variables = everything.configurations["variables"]["variable"]
    rest = {k: v for k, v in everything.configurations.items() if k != "variables"}
    for name in variables:
        assert f"var.{name}" in str(rest), name


def test_a_fixed_shape_counts_nothing() -> None:
    policy = load_policy(EXAMPLE)
    module = build_module(policy, Shape.fixed(policy))
    assert not any("count" in element.body for element in module.elements)
    assert not {"create_instance_role", "baseline_override_url", "wait_for"} & {
        variable.name for variable in module.variables
    }
    assert "[0]" not in str(module.configurations)
