"""The AWS session of the verbs that call AWS, and its failures in one line each."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import TYPE_CHECKING

import boto3
from botocore.exceptions import BotoCoreError, ClientError

if TYPE_CHECKING:
    from boto3 import Session


class AwsError(Exception):
    """AWS could not be reached, or refused; the message is one line."""


@cache
def session(region: str) -> Session:
    """A session of the environment's credentials, as the AWS command line would use them.

    One for a region: reading the services' models takes longer than most calls.
    """
    return boto3.Session(region_name=region)


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
