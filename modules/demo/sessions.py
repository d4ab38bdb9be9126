"""Callers of the embedded AWS: an account's administrator, or whoever bears a role."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import boto3

from modules.local_aws import moto_backends, principals
from modules.quick_setup import names

if TYPE_CHECKING:
    from modules.local_aws import LocalAws


@dataclass(frozen=True, kw_only=True)
class Caller:
    """Credentials for an embedded AWS; `client` is boto3's, for one of its services."""

    credentials: principals.Credentials
    url: str
    region: str

    def client(self, service: str) -> Any:
        """A client of the service that calls as this caller."""
        return boto3.client(  # type: ignore[call-overload]  # the stubs want a literal name
            service,
            aws_access_key_id=self.credentials.access_key_id,
            aws_secret_access_key=self.credentials.secret_access_key,
            aws_session_token=self.credentials.session_token or None,
            endpoint_url=self.url,
            region_name=self.region,
        )


def administrator(aws: LocalAws, account: str, region: str) -> Caller:
    """The administrator of an account, whose access key is the account's ID."""
    credentials = principals.Credentials(
        access_key_id=account,
        secret_access_key="not-checked",  # noqa: S106 - no secret: nobody checks it
        session_token="",
    )
    return Caller(credentials=credentials, url=aws.url, region=region)


def bearer(aws: LocalAws, role: str, region: str) -> Caller:
    """A node that bears the role. KeyError where the role is not there."""
    place = names.Place(account=principals.DEFAULT_ACCOUNT, partition="aws", region=region)
    arn = names.role_arn(place, role)
    found = moto_backends.find_role(arn)
    if found is None:
        raise KeyError(arn)
    credentials = aws.state.sessions.start(principals.role_session(arn, found.id, "node"))
    return Caller(credentials=credentials, url=aws.url, region=region)
