"""A policy with whatever keys a test is about, in a known place, and the evaluator's answer."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from modules.local_aws.policy_evaluation import Caller, Request, is_allowed
from modules.local_aws.policy_matching import context_of
from modules.policy.build import build_policy
from modules.policy.model import PatchPolicy
from modules.quick_setup.iam import RoleSpec, Statement, policy_document
from modules.quick_setup.names import Place

ACCOUNT = "123456789012"
PLACE = Place(account=ACCOUNT, partition="aws", region="ap-northeast-1")
MINIMAL: Mapping[str, Any] = {
    "name": "production-linux",
    "configuration_id": "a1b2c",
    "home_region": PLACE.region,
    "targets": {"all": True},
}


def policy(**keys: Any) -> PatchPolicy:
    """The smallest policy, with these keys instead or besides."""
    return build_policy({**MINIMAL, **keys})


VARIANTS = {
    "plain": policy(),
    "attaching": policy(instance_roles={"attach_policies_to_existing": True}),
    "exclusive": policy(name_tag={"exclusive": True}),
    "group": policy(targets={"resource_group": "web-fleet"}),
}
"""The policies for which the automation role's permissions differ."""


def statements(role: RoleSpec) -> list[Statement]:
    """All that a role's inline policies say."""
    return [each for inline in role.inline_policies for each in inline.statements]


def role_allows(
    role: RoleSpec, action: str, resource: str, keys: Mapping[str, str | Iterable[str] | None]
) -> bool:
    """Whether the role may do this, as IAM decides."""
    request = Request(
        caller=Caller(account=ACCOUNT), action=action, resource=resource, context=context_of(keys)
    )
    return is_allowed(request, identity_policies=[policy_document(statements(role))])
