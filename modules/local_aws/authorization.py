"""Refuses a call whose principal lacks a permission that it needs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from modules.local_aws.call import Call
from modules.local_aws.errors import AwsError
from modules.local_aws.needs import needs_of
from modules.local_aws.permissions import may

if TYPE_CHECKING:
    from modules.local_aws.state import State

_DENIED = {
    "ec2": "UnauthorizedOperation",
    "iam": "AccessDenied",
    "s3": "AccessDenied",
    "sts": "AccessDenied",
}


def authorize(state: State, call: Call) -> None:
    """Raise AccessDenied, under the name that the service has for it."""
    for need in needs_of(call):
        if not may(state, call.principal, need, call.region):
            raise AwsError(
                _DENIED.get(call.service, "AccessDeniedException"),
                f"User: {call.principal.arn} is not authorized to perform: {need.action} "
                f"on resource: {need.resource}",
                status=403 if call.service in {*_DENIED, "lambda"} else 400,
            )
