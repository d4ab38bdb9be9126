"""A policy as a Terraform module: which files, with which blocks. Plain data, in neither syntax."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from modules.plain.drawing import Drawing, draw_policy, draw_role
from modules.plain.elements import PREDEFINED, Element, place_elements
from modules.plain.local_values import local_values, substitutions
from modules.plain.outputs import output_blocks, settle_after_role
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
from modules.provider.expressions import reference
from modules.quick_setup.packaging import SOURCES

TERRAFORM_VERSION: Final = ">= 1.9"

Configuration = dict[str, Any]


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
    drawn = draw_policy(policy, store=shape.store, nodes=shape.nodes)
    ids = "concat([var.configuration_id], var.other_configuration_ids)"
    elements = place_elements(drawn, draw_role() if shape.role else None, shape, ids)
    elements = settle_after_role(elements, shape)
    variables = module_variables(policy, shape)
    topics: dict[str, Configuration] = _topics(elements)
    if shape.store:
        topics["patch_baselines"] = _patch_baselines(drawn)
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


def _patch_baselines(drawn: Drawing) -> Configuration:
    ((type_, elements),) = drawn.data.items()
    ((name, body),) = elements.items()
    chosen = "{ for system, baseline in var.patch_baselines : system => "
    values = {
        **drawn.locals,
        "chosen_patch_baselines": reference(f"{chosen}{{ label = baseline, value = baseline }} }}"),
    }
    old = f"data.{type_}.{name}"
    return {
        "data": {
            type_: {
                PREDEFINED.rpartition(".")[2]: {
                    "//": "IDs and accounts of AWS's own baselines differ from region to region.",
                    **body,
                }
            }
        },
        "locals": map_strings(values, lambda text: text.replace(old, PREDEFINED)),
    }


def _main(policy: PatchPolicy, shape: Shape, topics: Mapping[str, Configuration]) -> Configuration:
    found = local_values(policy, reusable=shape.is_reusable, used_in=topics)
    kinds = {
        "account_id": "aws_caller_identity",
        "partition": "aws_partition",
        "region": "aws_region",
    }
    return {
        "data": {kind: {"current": {}} for name, kind in kinds.items() if name in found},
        "locals": dict(found),
    }


def _lambda_sources() -> Iterator[tuple[str, bytes]]:
    for path in sorted(SOURCES.rglob("*.py")):
        name = path.relative_to(SOURCES.parent).as_posix()
        yield f"lambda/{name}", path.read_bytes().replace(b"\r\n", b"\n")
