"""The quotas of roles, which moto does not hold them to.

Source: "IAM and AWS STS quotas" in the IAM User Guide: 50 tags, and 20 managed policies unless AWS
raises that on request.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from modules.local_aws import moto_backends
from modules.local_aws.call import Call, Operation, Result
from modules.local_aws.errors import AwsError

if TYPE_CHECKING:
    from modules.local_aws.state import State

POLICIES, TAGS = 20, 50


def _attach_policy(_state: State, call: Call) -> Result | None:
    role = moto_backends.role_by_name(call.account, call.parameters["RoleName"])
    attached = set(role.managed_policies) if role else set()
    _check(len(attached | {call.parameters["PolicyArn"]}), "PoliciesPerRole", POLICIES)
    return None


def _tag(_state: State, call: Call) -> Result | None:
    role = moto_backends.role_by_name(call.account, call.parameters["RoleName"])
    present = set(moto_backends.role_tags(role)) if role else set()
    _check(len(present.union(tag["Key"] for tag in call.parameters["Tags"])), "TagsPerRole", TAGS)
    return None


def _check(count: int, quota: str, most: int) -> None:
    if count > most:
        raise AwsError("LimitExceeded", f"Cannot exceed quota for {quota}: {most}", status=409)


OPERATIONS: Mapping[str, Operation] = {"AttachRolePolicy": _attach_policy, "TagRole": _tag}
