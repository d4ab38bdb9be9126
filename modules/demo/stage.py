"""Whether a demonstration can show a policy, and the fleet that it shows it on."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from modules.policy.problems import Finding

if TYPE_CHECKING:
    from modules.local_aws import Fleet
    from modules.policy.model import PatchPolicy


def obstacles(policy: PatchPolicy) -> Iterator[Finding]:
    """What the policy takes to be there already, or elsewhere: an embedded AWS begins empty."""
    roles = policy.instance_roles
    if not policy.owns_baseline_store:
        message = "found another account's store; expected none, as the demo shows the own one"
        yield Finding(("baseline_store",), message)
    if not roles.manage_default_role:
        message = "found false; expected true, as nothing else makes the role in the demo"
        yield Finding(("instance_roles", "manage_default_role"), message)
    if roles.adopt_default_role:
        message = "found true; expected false, as the demo has no role yet to adopt"
        yield Finding(("instance_roles", "adopt_default_role"), message)
    if policy.home_region not in policy.regions:
        message = "found no home region; expected it, as the demo shows the nodes there"
        yield Finding(("regions",), message)
    if policy.access_log_bucket is not None:
        message = "found a bucket; expected none, as the demo has no bucket yet"
        yield Finding(("access_logs", "bucket"), message)


def placed(fleet: Fleet, region: str) -> Fleet:
    """The fleet, moved to the region where it has no node there."""
    if any(node.region == region for node in fleet.nodes):
        return fleet
    return replace(fleet, nodes=tuple(replace(node, region=region) for node in fleet.nodes))
