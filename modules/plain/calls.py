"""The module calls of policies in one configuration, each with what it has to wait for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from modules.plain.regions import Call, Order, module_call, regions_of
from modules.plain.topics import BASELINE_STORE, INSTANCE_ROLE, NODES
from modules.policy.model import PatchPolicy


def call_blocks(
    policies: Sequence[PatchPolicy],
    regions: Mapping[str, Sequence[str]],
    sources: Mapping[str, str],
    names: Mapping[tuple[str, str], str],
) -> dict[str, Any]:
    """The module blocks by name. `regions` and `sources` are by configuration ID.

    The first call of a policy that manages the default role makes it; `names` names the calls, by
    configuration ID and region.
    """
    blocks: dict[str, Any] = {}
    role: str | None = None
    first_region = next(iter(regions.values()))[0]
    for policy in policies:
        home: str | None = None
        for call in calls(policy, regions[policy.configuration_id], names, with_role=role is None):
            makes_role = INSTANCE_ROLE in call.creates
            # The overrides of the same policy come after its role.
            order = Order(home=home, role=None if home or makes_role else role)
            blocks[call.name] = module_call(
                call,
                sources[policy.configuration_id],
                order,
                aliased=call.region != first_region,
            )
            home = home or call.name
            role = call.name if makes_role else role
    return blocks


def calls(
    policy: PatchPolicy,
    regions: Sequence[str],
    names: Mapping[tuple[str, str], str],
    *,
    with_role: bool,
) -> Iterator[Call]:
    """The calls of one policy: the role in the first, the store in the home region."""
    role = with_role and policy.instance_roles.manage_default_role
    planned = regions_of(policy)
    for number, region in enumerate(regions):
        patches = region in policy.regions or region not in planned
        store = policy.owns_baseline_store and region == policy.home_region
        there = {INSTANCE_ROLE: role and number == 0, BASELINE_STORE: store, NODES: patches}
        yield Call(
            name=names[policy.configuration_id, region],
            policy=policy,
            region=region,
            creates=frozenset(section for section, made in there.items() if made),
        )
