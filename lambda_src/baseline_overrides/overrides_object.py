"""The object in the bucket: read, written and removed, and nothing else in the bucket."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING

from .errors import AwsCallError, DeletionError, aws_call

if TYPE_CHECKING:
    from mypy_boto3_s3.client import S3Client
    from mypy_boto3_s3.type_defs import ErrorTypeDef, ObjectIdentifierTypeDef

KEY = "baseline_overrides.json"
# Amazon S3 API reference, DeleteObjects.
MAX_DELETIONS_PER_CALL = 1000
MAX_REASONS_SHOWN = 10


@dataclass(frozen=True, kw_only=True)
class Version:
    """A version of the object; without an ID where the bucket has no versioning."""

    version_id: str | None
    body: bytes


@dataclass(frozen=True, kw_only=True)
class OverridesObject:
    """The object of one bucket. Every method raises `AwsCallError` where a call fails."""

    s3: S3Client
    bucket: str

    @property
    def url(self) -> str:
        """Where nodes are told to find it."""
        return f"s3://{self.bucket}/{KEY}"

    def current(self) -> Version | None:
        """The newest version, or None where there is no object."""
        try:
            with aws_call("s3:GetObject", self.url):
                answer = self.s3.get_object(Bucket=self.bucket, Key=KEY)
                return Version(version_id=answer.get("VersionId"), body=answer["Body"].read())
        except AwsCallError as error:
            if error.code == "NoSuchKey":
                return None
            raise

    def write(self, body: bytes) -> str | None:
        """Make this content the newest version; returns its ID."""
        with aws_call("s3:PutObject", self.url):
            answer = self.s3.put_object(
                Bucket=self.bucket, Key=KEY, Body=body, ContentType="application/json"
            )
        return answer.get("VersionId")

    def delete_all_versions(self) -> int:
        """Remove every version and delete marker; how many there were, 0 without a bucket.

        Raises:
            DeletionError: naming what S3 refused to remove; the rest is gone.
        """
        try:
            versions = self._all_versions()
        except AwsCallError as error:
            if error.code == "NoSuchBucket":
                return 0
            raise
        refused: list[ErrorTypeDef] = []
        remaining = iter(versions)
        while batch := list(islice(remaining, MAX_DELETIONS_PER_CALL)):
            with aws_call("s3:DeleteObjectVersion", self.url):
                answer = self.s3.delete_objects(
                    Bucket=self.bucket, Delete={"Objects": batch, "Quiet": True}
                )
            refused += answer.get("Errors", [])
        if refused:
            raise DeletionError(_refusal(self.url, refused))
        return len(versions)

    def _all_versions(self) -> list[ObjectIdentifierTypeDef]:
        """List all before the first is removed, as a page starts after the last one's version."""
        with aws_call("s3:ListBucketVersions", f"s3://{self.bucket}"):
            pages = self.s3.get_paginator("list_object_versions").paginate(
                Bucket=self.bucket, Prefix=KEY
            )
            return [
                {"Key": KEY, "VersionId": version["VersionId"]}
                for page in pages
                for version in (*page.get("Versions", ()), *page.get("DeleteMarkers", ()))
                if version["Key"] == KEY
            ]


def _refusal(url: str, refused: list[ErrorTypeDef]) -> str:
    reasons = [
        f"version {error.get('VersionId')}: {error.get('Code')} {error.get('Message')}"
        for error in refused
    ]
    if len(reasons) > MAX_REASONS_SHOWN:
        reasons[MAX_REASONS_SHOWN:] = ["and so on"]
    return (
        f"{len(refused)} versions of {url} are left ({'; '.join(reasons)})."
        " Invoke the function again, once the reason is removed."
    )
