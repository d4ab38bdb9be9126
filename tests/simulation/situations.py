"""The situations that runbooks find: nodes, roles and tags as somebody left them."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

from modules.quick_setup import names
from tests.simulation.world import ACCOUNT, ID, PLACE, READER, STACK, World

CORE, BASELINES = "AmazonSSMManagedInstanceCore", names.BASELINE_POLICY
DEFAULT = names.DEFAULT_ROLE
NAME_TAG = names.name_tag_key(ID)
ROLE_TAGS = {names.role_tag_key(ID): ID}
EXISTING: Mapping[str, Any] = {
    **READER,
    "instance_roles": {"attach_policies_to_existing": True},
}
EXCLUSIVE: Mapping[str, Any] = {**READER, "name_tag": {"exclusive": True}}
OTHERS = {"QSConfigName-zzzzz": "other", "QSConfigName-yyyyy": "another"}


def nothing(_world: World) -> None:
    """The world is as it was deployed."""


def attached(*policies: str) -> dict[str, str]:
    """The role's tags once a runbook has attached these policies."""
    return {**ROLE_TAGS, names.attached_tag_key(ID): " ".join(sorted(policies))}


def bare_default_role(world: World) -> None:
    """Somebody took the policies and the tag off the default role."""
    iam = world.client("iam")
    for arn in (names.managed_instance_core_arn(PLACE), names.baseline_policy_arn(PLACE)):
        iam.detach_role_policy(RoleName=DEFAULT, PolicyArn=arn)
    iam.untag_role(RoleName=DEFAULT, TagKeys=list(ROLE_TAGS))


def default_role_in_use(world: World) -> None:
    """The instance `bare` has the default role already, which has lost a policy."""
    iam = world.client("iam")
    iam.detach_role_policy(RoleName=DEFAULT, PolicyArn=names.baseline_policy_arn(PLACE))
    world.client("ec2").associate_iam_instance_profile(
        InstanceId=world.ids["bare"], IamInstanceProfile={"Name": DEFAULT}
    )


def hybrid_default_role(world: World) -> None:
    """The hybrid node `office` has the default role already, which has lost a policy."""
    iam = world.client("iam")
    iam.detach_role_policy(RoleName=DEFAULT, PolicyArn=names.baseline_policy_arn(PLACE))
    world.client("ssm").update_managed_instance_role(
        InstanceId=world.ids["office"], IamRole=DEFAULT
    )


def node_with_automation_role(world: World) -> None:
    """The instance `empty` works with the runbooks' own role, which must never grow."""
    world.client("iam").add_role_to_instance_profile(
        InstanceProfileName="Empty", RoleName=names.automation_role(ID, PLACE.region)
    )


def tagged(*nodes: str, tags: Mapping[str, str] | None = None) -> Callable[[World], None]:
    """These nodes carry tags, by default the policy's name tag."""
    given = tags or {NAME_TAG: "production"}
    listed = [{"Key": key, "Value": value} for key, value in given.items()]

    def prepare(world: World) -> None:
        for name in nodes:
            node_id = world.ids[name]
            if node_id.startswith("mi-"):
                world.client("ssm").add_tags_to_resource(
                    ResourceType="ManagedInstance", ResourceId=node_id, Tags=listed
                )
            else:
                world.client("ec2").create_tags(Resources=[node_id], Tags=listed)

    return prepare


def in_group(world: World) -> None:
    """All nodes are tagged; those with Env=prod are in the group."""
    tagged("bare", "other", "shop", "depot")(world)
    query = {
        "ResourceTypeFilters": ["AWS::AllSupported"],
        "TagFilters": [{"Key": "Env", "Values": ["prod"]}],
    }
    world.client("resource-groups").create_group(
        Name="web", ResourceQuery={"Type": "TAG_FILTERS_1_0", "Query": json.dumps(query)}
    )


def in_stack(world: World) -> None:
    """All nodes are tagged; those of a CloudFormation stack are in the group."""
    tagged("bare", "other", "shop", "depot")(world)
    query = {"ResourceTypeFilters": ["AWS::AllSupported"], "StackIdentifier": STACK}
    world.client("resource-groups").create_group(
        Name="web",
        ResourceQuery={"Type": "CLOUDFORMATION_STACK_1_0", "Query": json.dumps(query)},
    )


def one_baseline_less(world: World) -> None:
    """The document's own selection has two systems; this is a bucket that has fewer."""
    bucket = names.baseline_bucket(ACCOUNT, ID)
    s3 = world.client("s3")
    s3.delete_bucket_policy(Bucket=bucket)
    s3.put_object(Bucket=bucket, Key=names.OVERRIDES_KEY, Body=b"[]")
    world.restore_bucket_policy()
