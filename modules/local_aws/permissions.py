"""Whether a principal may do something here: its policies, and the bucket's."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from modules.local_aws import moto_backends
from modules.local_aws.moto_backends import MotoObject
from modules.local_aws.organizations import condition_keys
from modules.local_aws.policy_evaluation import (
    ADMINISTRATOR,
    Caller,
    Policy,
    Request,
    is_allowed,
)
from modules.local_aws.policy_matching import context_of
from modules.local_aws.principals import Principal

if TYPE_CHECKING:
    from modules.local_aws.state import State


@dataclass(frozen=True, kw_only=True)
class Need:
    """One permission that a call needs, with the condition keys that only this action has."""

    action: str
    resource: str = "*"
    bucket: str | None = None
    keys: Mapping[str, str | tuple[str, ...] | None] = field(default_factory=dict)


def may(state: State, principal: Principal, need: Need, region: str = "us-east-1") -> bool:
    """Whether a principal has a permission.

    An account key is an administrator of its account: only a deny of a bucket policy, or another
    account's bucket, stops it. The loopback endpoint counts as TLS (aws:SecureTransport).
    """
    role = moto_backends.find_role(principal.role_arn) if principal.role_arn else None
    bucket = moto_backends.find_bucket(need.bucket) if need.bucket else None
    owner = bucket.account_id if bucket else principal.account
    request = Request(
        caller=_caller(principal),
        action=need.action,
        resource=need.resource,
        context=context_of(
            {
                "aws:SecureTransport": "true",
                "aws:RequestedRegion": region,
                "aws:ResourceAccount": owner,
                **condition_keys("Resource", state.fleet.membership(owner)),
                **_principal_keys(state, principal, role),
                **need.keys,
            }
        ),
    )
    return is_allowed(
        request,
        identity_policies=_identity_policies(principal, role),
        boundary=moto_backends.role_boundary(role) if role else None,
        resource_policy=state.bucket_policies.of(bucket) if bucket else None,
        same_account=owner == principal.account,
    )


def _identity_policies(principal: Principal, role: MotoObject) -> list[Policy]:
    """The policies of a principal: a role's own; none when the role is gone by now."""
    if principal.role_arn is None:
        return [ADMINISTRATOR]
    return moto_backends.role_policies(role) if role else []


def _caller(principal: Principal) -> Caller:
    arns = (principal.arn, principal.role_arn) if principal.role_arn else (principal.arn,)
    return Caller(arns=arns, account=principal.account)


def _principal_keys(
    state: State, principal: Principal, role: MotoObject
) -> Mapping[str, str | tuple[str, ...] | None]:
    """Source: "AWS global condition context keys", properties of the principal.

    aws:PrincipalArn of a role session is the role's ARN.
    """
    tags = moto_backends.role_tags(role) if role else {}
    return {
        "aws:PrincipalArn": principal.role_arn or principal.arn,
        "aws:PrincipalAccount": principal.account,
        "aws:PrincipalType": "AssumedRole" if principal.role_arn else "User",
        "aws:userid": principal.user_id,
        **condition_keys("Principal", state.fleet.membership(principal.account)),
        **{f"aws:PrincipalTag/{key}": value for key, value in tags.items()},
    }
