"""Bucket policies, kept here and not by moto, which would enforce them without their conditions.

Sources: API reference of PutBucketPolicy and PutBucketLogging; "Enabling Amazon S3 server access
logging" in the S3 User Guide.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

from modules.local_aws.bucket_policy_rules import problem_of
from modules.local_aws.call import Call, Operation, Result
from modules.local_aws.errors import AwsError
from modules.local_aws.moto_backends import MotoObject, find_bucket, parse_policy
from modules.local_aws.policy_evaluation import Caller, Policy, Request, Verdict, evaluate
from modules.local_aws.policy_matching import context_of

if TYPE_CHECKING:
    from modules.local_aws.state import State

LOGGING_SERVICE = "logging.s3.amazonaws.com"


@dataclass
class BucketPolicies:
    """Policy texts by moto's bucket: they go with it."""

    texts: WeakKeyDictionary[MotoObject, str] = field(default_factory=WeakKeyDictionary)

    def of(self, bucket: MotoObject) -> Policy | None:
        """A bucket's policy, or None."""
        text = self.texts.get(bucket)
        return parse_policy(text) if text is not None else None


def find(call: Call) -> MotoObject:
    """The bucket that a call names; NoSuchBucket."""
    name = call.parameters["Bucket"]
    bucket = find_bucket(name)
    if bucket is None:
        raise AwsError("NoSuchBucket", "The specified bucket does not exist", status=404)
    return bucket


def _put(state: State, call: Call) -> Result:
    bucket, text = find(call), call.parameters["Policy"]
    problem = problem_of(text, bucket.name)
    if problem:
        raise AwsError("MalformedPolicy", problem)
    state.bucket_policies.texts[bucket] = text
    return {}


def _get(state: State, call: Call) -> Result:
    text = state.bucket_policies.texts.get(find(call))
    if text is None:
        raise AwsError("NoSuchBucketPolicy", "The bucket policy does not exist", status=404)
    return {"Policy": text}


def _delete(state: State, call: Call) -> Result:
    state.bucket_policies.texts.pop(find(call), None)
    return {}


def _put_logging(state: State, call: Call) -> Result:
    bucket = find(call)
    enabled = call.parameters["BucketLoggingStatus"].get("LoggingEnabled")
    if enabled is None:
        bucket.logging = {}
        return {}
    target = find_bucket(enabled["TargetBucket"])
    if target is None or target.account_id != bucket.account_id:
        raise _bad_target("The target bucket for logging does not exist")
    if target.region_name != bucket.region_name:
        raise AwsError(
            "CrossLocationLoggingProhibited",
            "Cross S3 location logging not allowed.",
            status=403,
        )
    if not log_delivery_allowed(state, bucket, target, enabled.get("TargetPrefix", "")):
        raise _bad_target(
            f"The target bucket's policy does not let {LOGGING_SERVICE} put objects into it."
        )
    bucket.logging = {**enabled, "TargetPrefix": enabled.get("TargetPrefix", "")}
    return {}


def log_delivery_allowed(state: State, bucket: MotoObject, target: MotoObject, prefix: str) -> bool:
    """Whether S3 may put the access log of `bucket` into `target`, under its policy."""
    policy = state.bucket_policies.of(target)
    request = Request(
        caller=Caller(service=LOGGING_SERVICE),
        action="s3:PutObject",
        resource=f"arn:aws:s3:::{target.name}/{prefix}log",
        context=context_of(
            {
                "aws:SecureTransport": "true",
                "aws:SourceAccount": bucket.account_id,
                "aws:SourceArn": f"arn:aws:s3:::{bucket.name}",
                "aws:ResourceAccount": target.account_id,
                "aws:PrincipalServiceName": LOGGING_SERVICE,
                "aws:PrincipalIsAWSService": "true",
            }
        ),
    )
    return policy is not None and evaluate(policy, request) is Verdict.ALLOW


def _bad_target(message: str) -> AwsError:
    return AwsError("InvalidTargetBucketForLogging", message)


OPERATIONS: Mapping[str, Operation] = {
    "DeleteBucketPolicy": _delete,
    "GetBucketPolicy": _get,
    "PutBucketLogging": _put_logging,
    "PutBucketPolicy": _put,
}
