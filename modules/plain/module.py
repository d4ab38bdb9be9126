"""A policy as a Terraform module: which files, with which blocks. Plain data, in neither syntax."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from modules.plain.configuration import Configuration
from modules.plain.drawing import draw_policy, draw_role
from modules.plain.elements import Element, place_elements
from modules.plain.local_values import local_values, substitutions
from modules.plain.outputs import output_blocks, settle_after_role
from modules.plain.patch_baselines import patch_baselines
from modules.plain.policy_variables import policy_variables
from modules.plain.rewriting import map_strings
from modules.plain.shape import Shape, order_variables
from modules.plain.store_variables import (
    instance_role_tags,
    other_configuration_ids,
    store_variables,
)
from modules.plain.variable import Variable
from modules.policy.model import PatchPolicy
from modules.provider import types
from modules.quick_setup.packaging import SOURCES

TERRAFORM_VERSION: Final = ">= 1.9"

_NAMES: Final = """\
Quick Setup's own names: AWS's managed policies and the patching code on the nodes match on how they
begin."""


@dataclass(frozen=True, kw_only=True)
class Module:
    """File name without its ending -> configuration, in reading order; and the other files."""

    configurations: Mapping[str, Configuration]
    files: Mapping[str, bytes]
    variables: tuple[Variable, ...]
    shape: Shape
    elements: tuple[Element, ...]


def build_module(policy: PatchPolicy, shape: Shape) -> Module:
    """The module of a policy."""
    drawn = draw_policy(policy, store=shape.store)
    ids = "concat([var.configuration_id], var.other_configuration_ids)"
    elements = place_elements(drawn, draw_role() if shape.role else None, shape, ids)
    elements = settle_after_role(elements, shape)
    variables = module_variables(policy, shape)
    topics: dict[str, Configuration] = _topics(elements)
    if shape.store:
        topics["patch_baselines"] = patch_baselines(drawn)
    topics["outputs"] = {"output": output_blocks(shape, elements)}
    for each in substitutions(policy):
        topics = map_strings(topics, each.apply)
    return Module(
        configurations={
            "versions": versions(),
            "variables": {"variable": {each.name: each.to_terraform() for each in variables}},
            "main": _main(policy, shape, topics),
            **topics,
        },
        files={**drawn.files, **(dict(_lambda_sources()) if shape.store else {})},
        variables=variables,
        shape=shape,
        elements=elements,
    )


def versions() -> Configuration:
    """What a module or a root requires."""
    aws = {"source": types.AWS_SOURCE, "version": types.AWS_VERSION_CONSTRAINT}
    return {
        "terraform": {"required_version": TERRAFORM_VERSION, "required_providers": {"aws": aws}}
    }


def module_variables(policy: PatchPolicy, shape: Shape) -> tuple[Variable, ...]:
    """The inputs in the order in which a reader wants them."""
    *policys, tags = policy_variables(policy)
    return (
        *policys,
        *(store_variables(policy) if shape.store else ()),
        *((other_configuration_ids(policy),) if shape.role else ()),
        *(() if shape.role_tags is None else (instance_role_tags(shape.role_tags),)),
        tags,
        *shape.toggles(),
        *(order_variables() if shape.is_reusable else ()),
    )


def _topics(elements: Sequence[Element]) -> dict[str, Configuration]:
    """File -> its resources. A list of one-resource objects keeps the reading order."""
    topics: dict[str, Configuration] = {}
    for each in elements:
        topic = topics.setdefault(each.place.file, {"resource": []})
        topic["resource"].append({each.place.type: {each.place.name: each.body}})
    return topics


def _main(policy: PatchPolicy, shape: Shape, topics: Mapping[str, Configuration]) -> Configuration:
    found = local_values(policy, reusable=shape.is_reusable, used_in=topics)
    kinds = {
        "account_id": "aws_caller_identity",
        "partition": "aws_partition",
        "region": "aws_region",
    }
    return {
        "data": {kind: {"current": {}} for name, kind in kinds.items() if name in found},
        "locals": {"//": _NAMES, **found},
    }


def _lambda_sources() -> Iterator[tuple[str, bytes]]:
    for path in sorted(SOURCES.rglob("*.py")):
        name = path.relative_to(SOURCES.parent).as_posix()
        yield f"lambda/{name}", path.read_bytes().replace(b"\r\n", b"\n")
