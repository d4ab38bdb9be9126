"""The entry point that AWS Lambda calls: `baseline_overrides.handler.lambda_handler`."""

from __future__ import annotations

import logging
import os
from functools import lru_cache
from typing import TYPE_CHECKING, Protocol

import boto3
from botocore.config import Config

from .event import RequestType, parse_event
from .patience import Patience
from .service import Summary, serve

if TYPE_CHECKING:
    from mypy_boto3_s3.client import S3Client
    from mypy_boto3_ssm.client import SSMClient

# Lambda shows warnings alone unless told otherwise.
logging.getLogger(__package__).setLevel(logging.INFO)

# Throttling, timeouts and errors of AWS are retried for about a minute per call at most, so that an
# invocation, which has 300 s, ends with an error that says what failed.
_CONFIG = Config(
    connect_timeout=3,
    read_timeout=5,
    retries={"mode": "standard", "total_max_attempts": 8},
)
_LONGEST_WAIT_SECONDS = 60
_KEPT_FOR_WORK_SECONDS = 30


class LambdaContext(Protocol):
    """What is used of the context that AWS Lambda passes."""

    def get_remaining_time_in_millis(self) -> int:
        """Milliseconds until the invocation is cut off."""


def lambda_handler(event: object, context: LambdaContext) -> Summary:
    """Serve one event: see the package's documentation.

    `REGION` in the environment is where patch baselines are read and the bucket is; without it, the
    function's own region is.

    Raises:
        BaselineOverridesError: with a message that says what to do.
    """
    request = parse_event(event)
    ssm, s3 = _clients()
    patience = Patience(_seconds_to_wait(request.type, context))
    return serve(request, ssm=ssm, s3=s3, patience=patience)


@lru_cache(maxsize=1)
def _clients() -> tuple[SSMClient, S3Client]:
    region = os.environ.get("REGION") or os.environ.get("AWS_REGION")
    return (
        boto3.client("ssm", region_name=region, config=_CONFIG),
        boto3.client("s3", region_name=region, config=_CONFIG),
    )


def _seconds_to_wait(request_type: RequestType, context: LambdaContext) -> float:
    """Only Terraform comes right after creation; the hourly refresh comes again."""
    if request_type not in (RequestType.CREATE, RequestType.UPDATE):
        return 0
    remaining = context.get_remaining_time_in_millis() / 1000
    return min(_LONGEST_WAIT_SECONDS, remaining - _KEPT_FOR_WORK_SECONDS)
