"""What can happen to each of our runbooks: a situation, what is run, and how it has to end.

The branch, fault and permission tables are all made from these.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from modules.quick_setup import names
from tests.simulation.world import ACCOUNT, FUNCTION, ID, OWNER, PLACE, READER, STACK, World

EC2, HYBRID = "create_and_attach_iam_to_ec2_node", "create_and_attach_iam_to_hybrid_node"
TAG, STALE, REFRESH = "add_or_remove_tag", "name_tag_remediation", "remediation"

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


def _nothing(_world: World) -> None:
    """The world is as it was deployed."""


@dataclass(frozen=True, kw_only=True)
class Scenario:
    """`expected` is all that the run changes, by the names of `World.picture`."""

    title: str
    document: str
    node: str | None = None
    policy: Mapping[str, Any] = field(default_factory=lambda: READER)
    prepare: Callable[[World], None] = _nothing
    parameters: Mapping[str, str] = field(default_factory=dict)
    status: str = "Success"
    last_step: str
    expected: Mapping[str, Any] = field(default_factory=dict)
    message: str = ""


def _attached(*policies: str) -> dict[str, str]:
    """The role's tags once a runbook has attached these policies."""
    return {**ROLE_TAGS, names.attached_tag_key(ID): " ".join(sorted(policies))}


def _bare_default_role(world: World) -> None:
    """Somebody took the policies and the tag off the default role."""
    iam = world.client("iam")
    for arn in (names.managed_instance_core_arn(PLACE), names.baseline_policy_arn(PLACE)):
        iam.detach_role_policy(RoleName=DEFAULT, PolicyArn=arn)
    iam.untag_role(RoleName=DEFAULT, TagKeys=list(ROLE_TAGS))


def _default_role_in_use(world: World) -> None:
    """The instance `bare` has the default role already, which has lost a policy."""
    iam = world.client("iam")
    iam.detach_role_policy(RoleName=DEFAULT, PolicyArn=names.baseline_policy_arn(PLACE))
    world.client("ec2").associate_iam_instance_profile(
        InstanceId=world.ids["bare"], IamInstanceProfile={"Name": DEFAULT}
    )


def _hybrid_default_role(world: World) -> None:
    """The hybrid node `office` has the default role already, which has lost a policy."""
    iam = world.client("iam")
    iam.detach_role_policy(RoleName=DEFAULT, PolicyArn=names.baseline_policy_arn(PLACE))
    world.client("ssm").update_managed_instance_role(
        InstanceId=world.ids["office"], IamRole=DEFAULT
    )


def _node_with_automation_role(world: World) -> None:
    """The instance `empty` works with the runbooks' own role, which must never grow."""
    world.client("iam").add_role_to_instance_profile(
        InstanceProfileName="Empty", RoleName=names.automation_role(ID, PLACE.region)
    )


def _tagged(*nodes: str, tags: Mapping[str, str] | None = None) -> Callable[[World], None]:
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


def _in_group(world: World) -> None:
    """All nodes are tagged; those with Env=prod are in the group."""
    _tagged("bare", "other", "shop", "depot")(world)
    query = {
        "ResourceTypeFilters": ["AWS::AllSupported"],
        "TagFilters": [{"Key": "Env", "Values": ["prod"]}],
    }
    world.client("resource-groups").create_group(
        Name="web", ResourceQuery={"Type": "TAG_FILTERS_1_0", "Query": json.dumps(query)}
    )


def _in_stack(world: World) -> None:
    """All nodes are tagged; those of a CloudFormation stack are in the group."""
    _tagged("bare", "other", "shop", "depot")(world)
    query = {"ResourceTypeFilters": ["AWS::AllSupported"], "StackIdentifier": STACK}
    world.client("resource-groups").create_group(
        Name="web",
        ResourceQuery={"Type": "CLOUDFORMATION_STACK_1_0", "Query": json.dumps(query)},
    )


def _one_baseline_less(world: World) -> None:
    """The document's own selection has two systems; this is a bucket that has fewer."""
    bucket = names.baseline_bucket(ACCOUNT, ID)
    s3 = world.client("s3")
    s3.delete_bucket_policy(Bucket=bucket)
    s3.put_object(Bucket=bucket, Key=names.OVERRIDES_KEY, Body=b"[]")
    world.restore_bucket_policy()


ATTACH_TO_EC2 = (
    Scenario(
        title="a hybrid node is none of the EC2 runbook's business",
        document=EC2,
        node="shop",
        last_step="branchOnNodeType",
    ),
    Scenario(
        title="an instance without a profile gets the default role, which is completed",
        document=EC2,
        node="bare",
        prepare=_bare_default_role,
        last_step="attachDefaultProfile",
        expected={
            "bare: role": DEFAULT,
            f"{DEFAULT}: policies": [CORE, BASELINES],
            f"{DEFAULT}: tags": _attached(CORE, BASELINES),
        },
    ),
    Scenario(
        title="an instance with the default role keeps it, and it is completed",
        document=EC2,
        node="bare",
        prepare=_default_role_in_use,
        last_step="branchOnProfile",
        expected={
            f"{DEFAULT}: policies": [CORE, BASELINES],
            f"{DEFAULT}: tags": _attached(BASELINES),
        },
    ),
    Scenario(
        title="an instance's own role is completed where the policy allows it",
        document=EC2,
        node="served",
        policy=EXISTING,
        last_step="branchOnProfile",
        expected={
            "ServerRole: policies": [CORE, BASELINES],
            "ServerRole: tags": _attached(BASELINES),
        },
    ),
    Scenario(
        title="an instance's own role is left alone where the policy does not allow it",
        document=EC2,
        node="served",
        last_step="branchOnRole",
    ),
    Scenario(
        title="a profile without a role cannot be completed",
        document=EC2,
        node="empty",
        policy=EXISTING,
        status="Failed",
        last_step="completeRole",
        message="holds no role",
    ),
    Scenario(
        title="an instance that is gone is no failure",
        document=EC2,
        node="gone",
        policy=EXISTING,
        last_step="branchOnRole",
    ),
    Scenario(
        title="the runbooks' own role is never widened",
        document=EC2,
        node="empty",
        policy=EXISTING,
        prepare=_node_with_automation_role,
        status="Failed",
        last_step="completeRole",
        message="AccessDenied",
    ),
)

ATTACH_TO_HYBRID = (
    Scenario(
        title="an EC2 instance is none of the hybrid runbook's business",
        document=HYBRID,
        node="bare",
        last_step="branchOnNodeType",
    ),
    Scenario(
        title="a hybrid node without a role gets the default role, which is completed",
        document=HYBRID,
        node="office",
        prepare=_bare_default_role,
        last_step="assignDefaultRole",
        expected={
            "office: role": DEFAULT,
            f"{DEFAULT}: policies": [CORE, BASELINES],
            f"{DEFAULT}: tags": _attached(CORE, BASELINES),
        },
    ),
    Scenario(
        title="a hybrid node with the default role keeps it, and it is completed",
        document=HYBRID,
        node="office",
        prepare=_hybrid_default_role,
        last_step="branchOnNodeWithoutRole",
        expected={
            f"{DEFAULT}: policies": [CORE, BASELINES],
            f"{DEFAULT}: tags": _attached(BASELINES),
        },
    ),
    Scenario(
        title="a hybrid node's own role is completed where the policy allows it",
        document=HYBRID,
        node="shop",
        policy=EXISTING,
        last_step="branchOnNodeWithoutRole",
        expected={
            "ShopRole: policies": [CORE, BASELINES],
            "ShopRole: tags": _attached(BASELINES),
        },
    ),
    Scenario(
        title="a hybrid node's own role is left alone where the policy does not allow it",
        document=HYBRID,
        node="shop",
        last_step="branchOnRole",
    ),
    Scenario(
        title="a hybrid node that is gone is no failure",
        document=HYBRID,
        node="gone-hybrid",
        policy=EXISTING,
        last_step="branchOnRole",
    ),
)

OWN = {NAME_TAG: "production"}
NAME_TAGS = (
    Scenario(
        title="an instance gets the name tag",
        document=TAG,
        node="bare",
        last_step="addTagEC2",
        expected={"bare: name tags": OWN},
    ),
    Scenario(
        title="a hybrid node gets the name tag",
        document=TAG,
        node="shop",
        last_step="addTagHybrid",
        expected={"shop: name tags": OWN},
    ),
    Scenario(
        title="an instance loses the name tag",
        document=TAG,
        node="bare",
        prepare=_tagged("bare"),
        parameters={"TagAction": "Remove"},
        last_step="removeTagEC2",
        expected={"bare: name tags": {}},
    ),
    Scenario(
        title="a hybrid node loses the name tag",
        document=TAG,
        node="shop",
        prepare=_tagged("shop"),
        parameters={"TagAction": "Remove"},
        last_step="removeTagHybrid",
        expected={"shop: name tags": {}},
    ),
    Scenario(
        title="under an exclusive policy an instance loses the tags of others",
        document=TAG,
        node="bare",
        policy=EXCLUSIVE,
        prepare=_tagged("bare", tags=OTHERS),
        last_step="addTagEC2",
        expected={"bare: name tags": OWN},
    ),
    Scenario(
        title="under an exclusive policy a hybrid node loses the tags of others",
        document=TAG,
        node="shop",
        policy=EXCLUSIVE,
        prepare=_tagged("shop", tags=OTHERS),
        last_step="addTagHybrid",
        expected={"shop: name tags": OWN},
    ),
    Scenario(
        title="a node that an exclusive policy gives up keeps the tags of others",
        document=TAG,
        node="bare",
        policy=EXCLUSIVE,
        prepare=_tagged("bare", tags={**OTHERS, **OWN}),
        parameters={"TagAction": "Remove"},
        last_step="removeTagEC2",
        expected={"bare: name tags": OTHERS},
    ),
    Scenario(
        title="what is no node is left alone",
        document=TAG,
        node="vol-0123456789abcdef0",
        policy=EXCLUSIVE,
        last_step="branchOnNodeType",
    ),
)

_ALL_TAGGED = _tagged("bare", "other", "shop", "depot")
_STALE: Mapping[str, Any] = {"other: name tags": {}, "depot: name tags": {}}
STALE_TAGS = (
    Scenario(
        title="nodes without the policy's tag lose the name tag",
        document=STALE,
        prepare=_ALL_TAGGED,
        last_step="removeStaleNameTags",
        expected=_STALE,
    ),
    Scenario(
        title="nodes outside of the policy's resource group lose the name tag",
        document=STALE,
        policy={**READER, "targets": {"resource_group": "web"}},
        prepare=_in_group,
        last_step="removeStaleNameTags",
        expected=_STALE,
    ),
    Scenario(
        title="nodes outside of the policy's CloudFormation stack lose the name tag",
        document=STALE,
        policy={**READER, "targets": {"resource_group": "web"}},
        prepare=_in_stack,
        last_step="removeStaleNameTags",
        expected=_STALE,
    ),
    Scenario(
        title="nodes that the policy does not list lose the name tag",
        document=STALE,
        policy={**READER, "targets": {"instance_ids": ["i-0123456789abcdef1"]}},
        prepare=_tagged("other", "depot"),
        last_step="removeStaleNameTags",
        expected=_STALE,
    ),
    Scenario(
        title="a policy for all nodes has no stale name tags",
        document=STALE,
        policy={**READER, "targets": {"all": True}},
        prepare=_ALL_TAGGED,
        last_step="removeStaleNameTags",
    ),
)

BASELINE_COPIES = (
    Scenario(
        title="overrides that have not changed are not written again",
        document=REFRESH,
        policy=OWNER,
        last_step="invokeBaselineOverridesFunction",
    ),
    Scenario(
        title="overrides that have changed are written as a new version",
        document=REFRESH,
        policy=OWNER,
        prepare=_one_baseline_less,
        last_step="invokeBaselineOverridesFunction",
        expected={
            "overrides: versions": 3,
            "overrides: systems": ["AMAZON_LINUX_2023", "UBUNTU"],
        },
    ),
)

REMOVAL = (
    Scenario(
        title="the function removes the overrides, with all versions, when the policy goes",
        document=FUNCTION,
        policy=OWNER,
        prepare=_one_baseline_less,
        parameters={"RequestType": "Delete"},
        last_step="invoke",
        expected={"overrides: versions": 0},
    ),
)

SCENARIOS = (*ATTACH_TO_EC2, *ATTACH_TO_HYBRID, *NAME_TAGS, *STALE_TAGS, *BASELINE_COPIES, *REMOVAL)
