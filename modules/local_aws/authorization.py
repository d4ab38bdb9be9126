"""Refuses a call whose principal lacks a permission that it needs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from modules.local_aws import moto_backends
from modules.local_aws.call import Call
from modules.local_aws.errors import AwsError
from modules.local_aws.needs import needs_of
from modules.local_aws.permissions import Need, may
from modules.local_aws.principals import Principal

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
    _check_owner(call)
    for need in needs_of(call):
        if not may(state, call.principal, need, call.region):
            raise AwsError(
                _DENIED.get(call.service, "AccessDeniedException"),
                denial(call.principal, need),
                status=403 if call.service in {*_DENIED, "lambda"} else 400,
            )


def denial(principal: Principal, need: Need) -> str:
    """What AWS says where a permission is missing."""
    return (
        f"User: {principal.arn} is not authorized to perform: {need.action} "
        f"on resource: {need.resource}"
    )


def _check_owner(call: Call) -> None:
    """Source: "Verifying bucket ownership with bucket owner condition" in the S3 User Guide."""
    expected = call.parameters.get("ExpectedBucketOwner") if call.service == "s3" else None
    bucket = moto_backends.find_bucket(call.parameters["Bucket"]) if expected else None
    if bucket and bucket.account_id != expected:
        raise AwsError("AccessDenied", f"{bucket.name} is not of account {expected}.", status=403)
