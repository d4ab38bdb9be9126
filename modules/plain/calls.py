"""The module calls of policies in one configuration, each with what it has to wait for."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from modules.plain.configuration import Configuration
from modules.plain.regions import regions_of
from modules.plain.shape import Shape
from modules.plain.topics import BASELINE_STORE, INSTANCE_ROLE, NODES
from modules.policy.model import PatchPolicy
from modules.provider.expressions import reference


@dataclass(frozen=True, kw_only=True)
class Call:
    """One use of a policy's module; it makes the sections that `creates` names.

    `home` and `role` are the calls that this one waits for: the one that has its policy's
    overrides, and the one that makes the instance role.
    """

    name: str
    policy: PatchPolicy
    region: str
    creates: frozenset[str]
    home: str | None = None
    role: str | None = None

    def block(self, source: str, *, aliased: bool) -> dict[str, Any]:
        """The module block; `aliased` where the region is not the default provider's."""
        shape = Shape.reusable(self.policy)
        sections = (INSTANCE_ROLE, BASELINE_STORE, NODES)
        left_out = [shape.toggle(each) for each in sections if each not in self.creates]
        block: dict[str, Any] = {"source": source}
        if aliased:
            block["providers"] = {"aws": f"aws.{self.region}"}
        block |= {toggle: False for toggle in left_out if toggle}
        if self.home:
            block["baseline_override_url"] = reference(f"module.{self.home}.baseline_override_url")
        if self.role:
            block["wait_for"] = reference(f"module.{self.role}.instance_profile_name")
        return block


def plan_calls(
    policies: Sequence[PatchPolicy],
    regions: Mapping[str, Sequence[str]],
    names: Mapping[tuple[str, str], str],
) -> Iterator[Call]:
    """The calls in order of deployment; `regions` is by configuration ID, and `names` names them.

    The first one of a policy that manages the default role makes it for all.
    """
    role: str | None = None
    for policy in policies:
        home: str | None = None
        for region in regions[policy.configuration_id]:
            name = names[policy.configuration_id, region]
            creates = _sections(policy, region, with_role=role is None and home is None)
            makes_role = INSTANCE_ROLE in creates
            yield Call(
                name=name,
                policy=policy,
                region=region,
                creates=creates,
                home=home,
                # The overrides of the same policy come after its role.
                role=None if home or makes_role else role,
            )
            home = home or name
            role = name if makes_role else role


def calls_outputs(names: Iterable[str]) -> Configuration:
    """What the caller of these modules gives on."""
    outputs = {
        f"{name}_association_ids": {
            "description": f"The State Manager associations of module {name}.",
            "value": reference(f"module.{name}.association_ids"),
        }
        for name in names
    }
    return {"output": outputs}


def _sections(policy: PatchPolicy, region: str, *, with_role: bool) -> frozenset[str]:
    there = {
        INSTANCE_ROLE: with_role and policy.instance_roles.manage_default_role,
        BASELINE_STORE: policy.owns_baseline_store and region == policy.home_region,
        # A region that is none of the policy's is the example of a further one.
        NODES: region in policy.regions or region not in regions_of(policy),
    }
    return frozenset(section for section, made in there.items() if made)
