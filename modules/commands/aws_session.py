"""The AWS session of the verbs that call AWS, and its failures in one line each."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

import boto3
from botocore.exceptions import BotoCoreError, ClientError

if TYPE_CHECKING:
    from boto3 import Session


class AwsError(Exception):
    """AWS could not be reached, or refused, or is the wrong one; the message is one line."""


@dataclass(frozen=True, kw_only=True)
class Caller:
    """Whose credentials the environment has."""

    account: str
    partition: str


@cache
def session(region: str) -> Session:
    """A session of the environment's credentials, as the AWS command line would use them.

    One for a region: reading the services' models takes longer than most calls.
    """
    return boto3.Session(region_name=region)


def identify(aws: Session, expected: str | None) -> Caller:
    """Whose credentials these are. AwsError: not those of the expected account."""
    identity = aws.client("sts").get_caller_identity()
    account = identity["Account"]
    if expected not in (None, account):
        raise AwsError(
            f"The credentials are of account {account}; expected {expected}, which cdktf.json "
            "names: choose that account's profile."
        )
    return Caller(account=account, partition=identity["Arn"].split(":")[1])


@contextmanager
def explained() -> Iterator[None]:
    """Turns botocore's errors within into AwsError."""
    try:
        yield
    except ClientError as error:
        found = error.response["Error"]
        raise AwsError(
            f"AWS refused {error.operation_name}: {found.get('Code')}: {found.get('Message')}; "
            "expected credentials that may do this: see docs/permissions.md."
        ) from error
    except BotoCoreError as error:
        raise AwsError(
            f"AWS cannot be called: {error}; expected credentials and a way to AWS, as the AWS "
            "command line takes them from the environment."
        ) from error
