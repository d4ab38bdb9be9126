"""Who makes a call: the access key says so.

A key that is a 12-digit account ID acts as that account's administrator. A key that AssumeRole
handed out acts as the role. A key of an IAM user acts as an administrator of the user's account.
"""

from __future__ import annotations

import re
import secrets
from dataclasses import dataclass, field

ACCOUNT_ID = re.compile(r"\d{12}")
DEFAULT_ACCOUNT = "123456789012"


@dataclass(frozen=True, kw_only=True)
class Principal:
    """A caller. `role_arn` is set for a role session, which is the only caller with limits."""

    account: str
    arn: str
    user_id: str
    role_arn: str | None = None

    @property
    def role_name(self) -> str | None:
        """The name of the role whose session this is."""
        return self.role_arn.rsplit("/", 1)[-1] if self.role_arn else None


def administrator(account: str) -> Principal:
    """The IAM user that a plain account key stands for."""
    arn = f"arn:aws:iam::{account}:user/administrator"
    return Principal(account=account, arn=arn, user_id=f"AIDA{account}LOCAL")


def role_session(role_arn: str, role_id: str, session_name: str) -> Principal:
    """A session of a role; its ARN as STS writes it (no path)."""
    account = role_arn.split(":")[4]
    role_name = role_arn.rsplit("/", 1)[-1]
    return Principal(
        account=account,
        arn=f"arn:aws:sts::{account}:assumed-role/{role_name}/{session_name}",
        user_id=f"{role_id}:{session_name}",
        role_arn=role_arn,
    )


@dataclass(frozen=True, kw_only=True)
class Credentials:
    """Temporary credentials, as STS hands them out."""

    access_key_id: str
    secret_access_key: str
    session_token: str


@dataclass
class Sessions:
    """The temporary credentials in use, by access key."""

    by_key: dict[str, Principal] = field(default_factory=dict)

    def start(self, principal: Principal) -> Credentials:
        """New credentials for a principal."""
        key = "ASIA" + secrets.token_hex(8).upper()
        self.by_key[key] = principal
        return Credentials(
            access_key_id=key,
            secret_access_key=secrets.token_urlsafe(30),
            session_token=secrets.token_urlsafe(60),
        )

    def find(self, access_key_id: str) -> Principal | None:
        """The principal of a key; None for a key that AWS would not know."""
        if ACCOUNT_ID.fullmatch(access_key_id):
            return administrator(access_key_id)
        return self.by_key.get(access_key_id)
