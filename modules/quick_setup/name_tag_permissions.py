"""What the automation role may do to the name tags of nodes."""

from __future__ import annotations

from modules.policy.model import PatchPolicy, ResourceGroup
from modules.quick_setup import names
from modules.quick_setup.iam import Conditions, Statement
from modules.quick_setup.names import Place


def name_tag_statements(policy: PatchPolicy, place: Place) -> tuple[Statement, ...]:
    """Find tagged nodes; add the policy's own name tag; remove it, or others where exclusive."""
    own = names.name_tag_key(policy.configuration_id)
    removable = names.name_tag_key("*") if policy.exclusive_name_tag else own
    # The policy's targets change, and so do the nodes that leave them: no node can be named here.
    instances = names.in_region(place, "ec2", "instance/*")
    hybrid_nodes = names.in_region(place, "ssm", "managed-instance/*")
    return (
        Statement(
            sid="FindTaggedNodes",
            actions=("ec2:DescribeTags", "tag:GetResources"),
            resources=("*",),  # neither knows resources
        ),
        *_group_statements(policy, place),
        Statement(
            sid="AddNameTagToInstances",
            actions=("ec2:CreateTags",),
            resources=(instances,),
            conditions=only_tag_keys("StringEquals", own),
        ),
        Statement(
            sid="RemoveNameTagsFromInstances",
            actions=("ec2:DeleteTags",),
            resources=(instances,),
            conditions=only_tag_keys("StringLike", removable),
        ),
        Statement(
            sid="AddNameTagToHybridNodes",
            actions=("ssm:AddTagsToResource",),
            resources=(hybrid_nodes,),
            conditions=only_tag_keys("StringEquals", own),
        ),
        Statement(
            sid="RemoveNameTagsFromHybridNodes",
            actions=("ssm:RemoveTagsFromResource",),
            resources=(hybrid_nodes,),
            conditions=only_tag_keys("StringLike", removable),
        ),
        Statement(
            sid="RemoveNameTagsInBatches",
            actions=("tag:UntagResources",),
            resources=("*",),  # it knows no resources; ssm:RemoveTagsFromResource bounds it
        ),
        *_exclusive_statements(policy, hybrid_nodes),
    )


def only_tag_keys(operator: str, *keys: str) -> Conditions:
    """At least one tag key, and no other than these: ForAllValues alone admits a call without."""
    return {
        f"ForAllValues:{operator}": {"aws:TagKeys": keys},
        f"ForAnyValue:{operator}": {"aws:TagKeys": keys},
    }


def _group_statements(policy: PatchPolicy, place: Place) -> tuple[Statement, ...]:
    if not isinstance(policy.targets, ResourceGroup):
        return ()
    group = names.in_region(place, "resource-groups", f"group/{policy.targets.name}")
    return (
        Statement(
            sid="ListTargetedGroup",
            actions=("resource-groups:ListGroupResources",),
            # behind the slash comes the random part of a newer group's ARN
            resources=(group, f"{group}/*"),
        ),
        Statement(
            sid="ListStackOfTargetedGroup",
            # ListGroupResources needs them where the group is that of a CloudFormation stack
            actions=("cloudformation:DescribeStacks", "cloudformation:ListStackResources"),
            # which stack that is, is known to the group alone
            resources=(names.in_region(place, "cloudformation", "stack/*"),),
        ),
    )


def _exclusive_statements(policy: PatchPolicy, hybrid_nodes: str) -> tuple[Statement, ...]:
    if not policy.exclusive_name_tag:
        return ()
    return (
        Statement(
            sid="ReadTagsOfHybridNodes",
            actions=("ssm:ListTagsForResource",),
            resources=(hybrid_nodes,),
        ),
    )
