"""The permissions that an S3 call needs: S3's actions are not always named as its operations.

Source: "Required permissions for Amazon S3 API operations" in the S3 User Guide.
"""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import unquote

from modules.local_aws.call import Call
from modules.local_aws.permissions import Need

_ACTIONS: Mapping[str, str] = {
    "AbortMultipartUpload": "AbortMultipartUpload",
    "CompleteMultipartUpload": "PutObject",
    "CopyObject": "PutObject",
    "CreateMultipartUpload": "PutObject",
    "DeleteBucketEncryption": "PutEncryptionConfiguration",
    "DeleteBucketLifecycle": "PutLifecycleConfiguration",
    "DeleteBucketOwnershipControls": "PutBucketOwnershipControls",
    "DeleteBucketTagging": "PutBucketTagging",
    "DeletePublicAccessBlock": "PutBucketPublicAccessBlock",
    "GetBucketAccelerateConfiguration": "GetAccelerateConfiguration",
    "GetBucketEncryption": "GetEncryptionConfiguration",
    "GetBucketLifecycle": "GetLifecycleConfiguration",
    "GetBucketLifecycleConfiguration": "GetLifecycleConfiguration",
    "GetBucketNotificationConfiguration": "GetBucketNotification",
    "GetBucketReplication": "GetReplicationConfiguration",
    "GetObjectLockConfiguration": "GetBucketObjectLockConfiguration",
    "GetPublicAccessBlock": "GetBucketPublicAccessBlock",
    "HeadBucket": "ListBucket",
    "HeadObject": "GetObject",
    "ListBuckets": "ListAllMyBuckets",
    "ListObjects": "ListBucket",
    "ListObjectsV2": "ListBucket",
    "ListObjectVersions": "ListBucketVersions",
    "PutBucketEncryption": "PutEncryptionConfiguration",
    "PutBucketLifecycleConfiguration": "PutLifecycleConfiguration",
    "PutPublicAccessBlock": "PutBucketPublicAccessBlock",
    "UploadPart": "PutObject",
    "UploadPartCopy": "PutObject",
}
_VERSIONED = frozenset({"DeleteObject", "GetObject"})


def s3_needs(call: Call) -> list[Need]:
    """One for the object, or one for the bucket. DeleteObjects is judged object by object."""
    bucket = call.parameters.get("Bucket")
    if bucket is None:
        return [Need(action=f"s3:{_ACTIONS.get(call.operation, call.operation)}")]
    if call.operation == "DeleteObjects":
        return []
    action = _ACTIONS.get(call.operation, call.operation)
    if "Key" in call.parameters:
        versioned = "versionId" in call.parameters
        own = object_need(bucket, call.parameters["Key"], action, versioned=versioned)
        return [*_copied(call.parameters.get("CopySource", "")), own]
    return [Need(action=f"s3:{action}", resource=f"arn:aws:s3:::{bucket}", bucket=bucket)]


def _copied(source: str) -> list[Need]:
    """A copy reads what it copies: `bucket/key`, of a version where one is named."""
    path, _, version = unquote(source).partition("?versionId=")
    bucket, _, key = path.removeprefix("/").partition("/")
    return [object_need(bucket, key, "GetObject", versioned=bool(version))] if key else []


def object_need(bucket: str, key: str, action: str, *, versioned: bool) -> Need:
    """The permission for an object, or for a version of it where one is named."""
    full = f"{action}Version" if versioned and action in _VERSIONED else action
    return Need(action=f"s3:{full}", resource=f"arn:aws:s3:::{bucket}/{key}", bucket=bucket)
