"""Which principal an access key stands for, and what AWS answers to a key that it does not know."""

from __future__ import annotations

from typing import TYPE_CHECKING

from modules.local_aws.errors import AwsError
from modules.local_aws.moto_backends import find_user_account
from modules.local_aws.principals import Principal, administrator

if TYPE_CHECKING:
    from modules.local_aws.state import State

_UNKNOWN_KEY = {
    "ec2": "AuthFailure",
    "iam": "InvalidClientTokenId",
    "s3": "InvalidAccessKeyId",
    "sts": "InvalidClientTokenId",
}


def log_in(state: State, access_key_id: str, service: str) -> Principal:
    """The principal of a key; an AwsError for one that nobody has."""
    principal = state.sessions.find(access_key_id)
    if principal is not None:
        return principal
    account = find_user_account(access_key_id)
    if account is None:
        raise AwsError(
            _UNKNOWN_KEY.get(service, "UnrecognizedClientException"),
            "The security token included in the request is invalid.",
            status=403,
        )
    return administrator(account)
