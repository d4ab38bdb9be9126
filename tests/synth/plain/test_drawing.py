"""What is drawn of a policy of references is what the stacks are drawn of."""

from __future__ import annotations

import re
from typing import Any

from modules.plain.module import Module, build_module
from modules.plain.shape import Shape
from modules.plain.topics import places
from modules.policy.loader import load_policy
from tests.synth.apps import EXAMPLE


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


def test_every_policy_of_iam_and_s3_has_a_reference(modules: list[Module]) -> None:
    """So none of them is a file under `policies`: account, partition and IDs are no constants."""
    policies = {
        f"{element.place.address} {key}": element.body[key]
        for module in modules
        for element in module.elements
        for key in ("policy", "assume_role_policy")
        if key in element.body
    }
    assert len(policies) > 12
    constant = {name for name, text in policies.items() if not re.search(r"(local|var)\.", text)}
    assert constant == set()


def test_every_variable_but_a_switch_refuses_what_cannot_be(modules: list[Module]) -> None:
    unchecked = {
        variable.name
        for module in modules
        for variable in module.variables
        if variable.type != "bool" and not variable.validations
    }
    assert unchecked == {"wait_for"}  # takes anything, and passes it to nothing
