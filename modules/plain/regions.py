"""The regions of a policy as Terraform needs them: a provider and a module call for each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from modules.plain.shape import Shape
from modules.plain.topics import BASELINE_STORE, INSTANCE_ROLE, NODES
from modules.policy.model import PatchPolicy
from modules.provider.expressions import reference
from modules.quick_setup.deployment import plan_deployment

# A neighbour for the example of several regions, where the policy itself has one.
_NEIGHBOURS: Final = {
    "cn": ("cn-north-1", "cn-northwest-1"),
    "us-gov": ("us-gov-west-1", "us-gov-east-1"),
}
_USUAL: Final = ("us-east-1", "eu-west-1")


@dataclass(frozen=True, kw_only=True)
class Call:
    """One use of a policy's module."""

    name: str
    policy: PatchPolicy
    region: str
    creates: frozenset[str]
    """The sections of the module that this region has."""


def regions_of(policy: PatchPolicy) -> tuple[str, ...]:
    """The regions of a policy, in the order in which they are deployed."""
    return tuple(stack.region for stack in plan_deployment([policy]).stacks)


def neighbour(region: str) -> str:
    """Another region of the same partition."""
    prefix = next((each for each in _NEIGHBOURS if region.startswith(f"{each}-")), None)
    choice = _NEIGHBOURS[prefix] if prefix else _USUAL
    return next(each for each in choice if each != region)


def provider_blocks(regions: Sequence[str], account: str | None = None) -> dict[str, Any]:
    """The first region is the default provider's; the others are known by their names.

    With `account`, credentials of any other one are refused.
    """
    first, *others = regions
    blocks: list[dict[str, Any]] = [
        {"region": first},
        *({"alias": each, "region": each} for each in others),
    ]
    if account:
        blocks = [{**block, "allowed_account_ids": [account]} for block in blocks]
    return {"provider": {"aws": blocks}}


@dataclass(frozen=True, kw_only=True)
class Order:
    """The calls that another one waits for: that of its policy's home, and that of the role."""

    home: str | None = None
    role: str | None = None


def module_call(call: Call, source: str, order: Order, *, aliased: bool) -> dict[str, Any]:
    """The module block; `aliased` where its region is not the default provider's."""
    shape = Shape.reusable(call.policy)
    toggles = {section: shape.toggle(section) for section in (INSTANCE_ROLE, BASELINE_STORE, NODES)}
    block: dict[str, Any] = {"source": source}
    if aliased:
        block["providers"] = {"aws": f"aws.{call.region}"}
    block |= {
        toggle: False
        for section, toggle in toggles.items()
        if toggle and section not in call.creates
    }
    if order.home:
        block["baseline_override_url"] = reference(f"module.{order.home}.baseline_override_url")
    if order.role:
        block["wait_for"] = reference(f"module.{order.role}.instance_profile_name")
    return block
