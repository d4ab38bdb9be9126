"""What can happen to each of our runbooks: a situation, what is run, and how it has to end.

The branch, fault and permission tables are all made from these.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from tests.simulation.situations import (
    BASELINES,
    CORE,
    DEFAULT,
    EXCLUSIVE,
    EXISTING,
    NAME_TAG,
    OTHERS,
    attached,
    bare_default_role,
    default_role_in_use,
    hybrid_default_role,
    in_group,
    in_stack,
    node_with_automation_role,
    nothing,
    one_baseline_less,
    tagged,
)
from tests.simulation.world import FUNCTION, OWNER, READER, World

EC2, HYBRID = "create_and_attach_iam_to_ec2_node", "create_and_attach_iam_to_hybrid_node"
TAG, STALE, REFRESH = "add_or_remove_tag", "name_tag_remediation", "remediation"


@dataclass(frozen=True, kw_only=True)
class Scenario:
    """`expected` is all that the run changes, by the names of `World.picture`."""

    title: str
    document: str
    node: str | None = None
    policy: Mapping[str, Any] = field(default_factory=lambda: READER)
    prepare: Callable[[World], None] = nothing
    parameters: Mapping[str, str] = field(default_factory=dict)
    status: str = "Success"
    last_step: str
    expected: Mapping[str, Any] = field(default_factory=dict)
    message: str = ""


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
        prepare=bare_default_role,
        last_step="attachDefaultProfile",
        expected={
            "bare: role": DEFAULT,
            f"{DEFAULT}: policies": [CORE, BASELINES],
            f"{DEFAULT}: tags": attached(CORE, BASELINES),
        },
    ),
    Scenario(
        title="an instance with the default role keeps it, and it is completed",
        document=EC2,
        node="bare",
        prepare=default_role_in_use,
        last_step="branchOnProfile",
        expected={
            f"{DEFAULT}: policies": [CORE, BASELINES],
            f"{DEFAULT}: tags": attached(BASELINES),
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
            "ServerRole: tags": attached(BASELINES),
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
        prepare=node_with_automation_role,
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
        prepare=bare_default_role,
        last_step="assignDefaultRole",
        expected={
            "office: role": DEFAULT,
            f"{DEFAULT}: policies": [CORE, BASELINES],
            f"{DEFAULT}: tags": attached(CORE, BASELINES),
        },
    ),
    Scenario(
        title="a hybrid node with the default role keeps it, and it is completed",
        document=HYBRID,
        node="office",
        prepare=hybrid_default_role,
        last_step="branchOnNodeWithoutRole",
        expected={
            f"{DEFAULT}: policies": [CORE, BASELINES],
            f"{DEFAULT}: tags": attached(BASELINES),
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
            "ShopRole: tags": attached(BASELINES),
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
        prepare=tagged("bare"),
        parameters={"TagAction": "Remove"},
        last_step="removeTagEC2",
        expected={"bare: name tags": {}},
    ),
    Scenario(
        title="a hybrid node loses the name tag",
        document=TAG,
        node="shop",
        prepare=tagged("shop"),
        parameters={"TagAction": "Remove"},
        last_step="removeTagHybrid",
        expected={"shop: name tags": {}},
    ),
    Scenario(
        title="under an exclusive policy an instance loses the tags of others",
        document=TAG,
        node="bare",
        policy=EXCLUSIVE,
        prepare=tagged("bare", tags=OTHERS),
        last_step="addTagEC2",
        expected={"bare: name tags": OWN},
    ),
    Scenario(
        title="under an exclusive policy a hybrid node loses the tags of others",
        document=TAG,
        node="shop",
        policy=EXCLUSIVE,
        prepare=tagged("shop", tags=OTHERS),
        last_step="addTagHybrid",
        expected={"shop: name tags": OWN},
    ),
    Scenario(
        title="a node that an exclusive policy gives up keeps the tags of others",
        document=TAG,
        node="bare",
        policy=EXCLUSIVE,
        prepare=tagged("bare", tags={**OTHERS, **OWN}),
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

_ALL_TAGGED = tagged("bare", "other", "shop", "depot")
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
        prepare=in_group,
        last_step="removeStaleNameTags",
        expected=_STALE,
    ),
    Scenario(
        title="nodes outside of the policy's CloudFormation stack lose the name tag",
        document=STALE,
        policy={**READER, "targets": {"resource_group": "web"}},
        prepare=in_stack,
        last_step="removeStaleNameTags",
        expected=_STALE,
    ),
    Scenario(
        title="nodes that the policy does not list lose the name tag",
        document=STALE,
        policy={**READER, "targets": {"instance_ids": ["i-0123456789abcdef1"]}},
        prepare=tagged("other", "depot"),
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
        prepare=one_baseline_less,
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
        prepare=one_baseline_less,
        parameters={"RequestType": "Delete"},
        last_step="invoke",
        expected={"overrides: versions": 0},
    ),
)

SCENARIOS = (*ATTACH_TO_EC2, *ATTACH_TO_HYBRID, *NAME_TAGS, *STALE_TAGS, *BASELINE_COPIES, *REMOVAL)
