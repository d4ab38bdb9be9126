"""The default instance role: one for the account, shared by every policy and every kind of node.

EC2 instances and hybrid nodes both may use it, so it trusts EC2 and Systems Manager alike; Quick
Setup makes one role per kind under the same name, and whichever comes first shuts the other out.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from modules.policy.model import PatchPolicy
from modules.quick_setup import names
from modules.quick_setup.iam import RoleSpec, Statement
from modules.quick_setup.names import Place


@dataclass(frozen=True, kw_only=True)
class InstanceRoleSpec:
    """What the instance-role stack makes; `tags` go on everything in it.

    `adopt`: role and profile are imported; `adopt_policy`: the customer-managed policy is.
    """

    region: str
    configuration_ids: tuple[str, ...]
    adopt: bool
    adopt_policy: bool
    tags: Mapping[str, str]


def instance_role(policies: Sequence[PatchPolicy]) -> InstanceRoleSpec | None:
    """The stack's content, or None where no policy manages the default role."""
    managing = [policy for policy in policies if policy.instance_roles.manage_default_role]
    if not managing:
        return None
    elsewhere = {
        configuration_id
        for policy in managing
        for configuration_id in policy.instance_roles.other_configuration_ids
    }
    adopting = [
        policy.instance_roles for policy in managing if policy.instance_roles.adopt_default_role
    ]
    here = {policy.configuration_id for policy in policies}
    return InstanceRoleSpec(
        region=managing[0].home_region,
        configuration_ids=tuple(sorted(here | elsewhere)),
        adopt=bool(adopting),
        adopt_policy=bool(adopting) and all(roles.adopt_baseline_policy for roles in adopting),
        tags=_tags_in_common(managing),
    )


def default_role(spec: InstanceRoleSpec, place: Place) -> RoleSpec:
    """The role itself, with one tag for each policy whose overrides its nodes may read."""
    # every region: the role, unlike its nodes, is in none
    nodes = names.arn(place, "ssm", "*", region="*", account=place.account)
    markers = {names.role_tag_key(each): each for each in spec.configuration_ids}
    return RoleSpec(
        name=names.DEFAULT_ROLE,
        description="Makes EC2 instances and hybrid nodes managed nodes of Systems Manager",
        trust=(
            Statement(
                sid="Ec2Instances",
                principals={"Service": "ec2.amazonaws.com"},
                actions=("sts:AssumeRole",),
            ),
            Statement(
                sid="HybridNodes",
                principals={"Service": "ssm.amazonaws.com"},
                actions=("sts:AssumeRole",),
                conditions={
                    "StringEquals": {"aws:SourceAccount": place.account},
                    "ArnLike": {"aws:SourceArn": nodes},
                },
            ),
        ),
        tags={**spec.tags, **markers},
    )


def baseline_access(place: Place) -> tuple[Statement, ...]:
    """The customer-managed policy's statements: every patch policy's overrides, nothing else.

    Which of them a node may really read is decided by the role's tags, in each bucket's policy.
    """
    # buckets of other accounts too: an organization shares them
    overrides = names.object_arn(place, f"{names.BUCKET_PREFIX}*", names.OVERRIDES_KEY)
    return (
        Statement(
            sid="ReadBaselineOverrides",
            actions=("s3:GetObject",),
            resources=(overrides,),
        ),
    )


def _tags_in_common(policies: Sequence[PatchPolicy]) -> dict[str, str]:
    """A shared resource carries the tags on which all its policies agree."""
    first, *others = (policy.tags for policy in policies)
    return {
        key: value for key, value in first.items() if all(tags.get(key) == value for tags in others)
    }
