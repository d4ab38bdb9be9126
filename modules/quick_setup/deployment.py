"""Which stacks a set of policies becomes, and in which order they are deployed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from modules.policy.model import PatchPolicy
from modules.quick_setup import names
from modules.quick_setup.instance_role import InstanceRoleSpec, instance_role


@dataclass(frozen=True, kw_only=True)
class StackSpec:
    """One policy in one region: the baseline store, the nodes' associations, or both."""

    name: str
    policy: PatchPolicy
    region: str
    has_baseline_store: bool
    has_nodes: bool


@dataclass(frozen=True, kw_only=True)
class Deployment:
    """Every stack of an app; `stacks` has each policy's home region before its other regions."""

    instance_role: InstanceRoleSpec | None
    stacks: tuple[StackSpec, ...]

    @property
    def stack_names(self) -> tuple[str, ...]:
        """All stacks by name, in the order of deployment."""
        shared = (names.INSTANCE_ROLE_STACK,) if self.instance_role else ()
        return (*shared, *(stack.name for stack in self.stacks))


def plan_deployment(policies: Sequence[PatchPolicy]) -> Deployment:
    """The stacks of these policies, in an order that does not depend on the files' order."""
    ordered = sorted(policies, key=lambda policy: policy.configuration_id)
    return Deployment(
        instance_role=instance_role(ordered),
        stacks=tuple(stack for policy in ordered for stack in _stacks(policy)),
    )


def _stacks(policy: PatchPolicy) -> tuple[StackSpec, ...]:
    needs_home = policy.owns_baseline_store or policy.home_region in policy.regions
    home = (policy.home_region,) if needs_home else ()
    others = tuple(region for region in policy.regions if region != policy.home_region)
    return tuple(
        StackSpec(
            name=names.stack(policy.configuration_id, region),
            policy=policy,
            region=region,
            has_baseline_store=policy.owns_baseline_store and region == policy.home_region,
            has_nodes=region in policy.regions,
        )
        for region in (*home, *others)
    )
