"""Which nodes are patched, as a module's variables."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from modules.plain.validations import as_in_policy, is_tag_text
from modules.plain.variable import Validation, Variable
from modules.policy.model import InstanceIds, ResourceGroup, TagTarget, Targets


def target_variables(targets: Targets) -> Iterator[Variable]:
    """The values of targets; of which kind they are stays fixed."""
    match targets:
        case TagTarget(key=key, value=value):
            yield _tag("key", f"Key of the tag that {_nodes(value)} carry.", key, 128)
            if value is not None:
                yield _tag("value", "Value of the tag that the patched nodes carry.", value, 256)
        case ResourceGroup(name=name):
            yield Variable(
                name="target_resource_group",
                type="string",
                description="Resource group whose nodes are patched.",
                default=name,
                validations=(as_in_policy("target_resource_group", "targets", "resource_group"),),
            )
        case InstanceIds(ids=ids):
            yield _instance_ids(ids)


def _instance_ids(ids: Sequence[str]) -> Variable:
    name = "target_instance_ids"
    return Variable(
        name=name,
        type="list(string)",
        description="IDs of the nodes that are patched: i-... or mi-..., 25 at most.",
        default=[*ids],
        validations=(
            Validation(
                condition=f"length(var.{name}) >= 1 && length(var.{name}) <= 25",
                error_message="Expected 1 to 25 IDs: a parameter of State Manager holds 512 "
                "characters.",
            ),
            as_in_policy(name, "targets", "instance_ids", "[]", each_of=f"var.{name}"),
        ),
    )


def _nodes(value: str | None) -> str:
    return "the patched nodes" if value is not None else "the patched nodes, whatever its value,"


def _tag(part: str, description: str, default: str, longest: int) -> Variable:
    name = f"target_tag_{part}"
    return Variable(
        name=name,
        type="string",
        description=description,
        default=default,
        validations=(is_tag_text(name, longest),),
    )
