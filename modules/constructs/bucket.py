"""A private bucket with every setting that AWS recommends, and its policy."""

from __future__ import annotations

from collections.abc import Mapping

from modules.provider.aws.s3_bucket import S3Bucket
from modules.provider.aws.s3_bucket_lifecycle_configuration import (
    S3BucketLifecycleConfiguration,
    S3BucketLifecycleConfigurationRule,
    S3BucketLifecycleConfigurationRuleAbortIncompleteMultipartUpload,
    S3BucketLifecycleConfigurationRuleExpiration,
    S3BucketLifecycleConfigurationRuleFilter,
    S3BucketLifecycleConfigurationRuleNoncurrentVersionExpiration,
    S3BucketLifecycleConfigurationRuleTransition,
)
from modules.provider.aws.s3_bucket_ownership_controls import (
    S3BucketOwnershipControls,
    S3BucketOwnershipControlsRule,
)
from modules.provider.aws.s3_bucket_policy import S3BucketPolicy
from modules.provider.aws.s3_bucket_public_access_block import S3BucketPublicAccessBlock
from modules.provider.aws.s3_bucket_server_side_encryption_configuration import (
    S3BucketServerSideEncryptionConfiguration,
    S3BucketServerSideEncryptionConfigurationRule,
    S3BucketServerSideEncryptionConfigurationRuleApplyServerSideEncryptionByDefault,
)
from modules.provider.aws.s3_bucket_versioning import (
    S3BucketVersioning,
    S3BucketVersioningVersioningConfiguration,
)
from modules.provider.engine import constructs
from modules.provider.expressions import json_expression
from modules.provider.location import Construct
from modules.quick_setup.buckets import BucketSpec, LifecycleRule
from modules.quick_setup.iam import policy_document


class Bucket(Construct):
    """A bucket as specified; `settings` are the resources that must be there before its use."""

    def __init__(
        self, scope: constructs.Construct, id_: str, *, spec: BucketSpec, tags: Mapping[str, str]
    ) -> None:
        super().__init__(scope, id_)
        self.bucket = S3Bucket(
            self, "Default", bucket=spec.name, force_destroy=True, tags=dict(tags) or None
        )
        public_access_block = S3BucketPublicAccessBlock(
            self,
            "PublicAccessBlock",
            bucket=self.bucket.id,
            block_public_acls=True,
            block_public_policy=True,
            ignore_public_acls=True,
            restrict_public_buckets=True,
        )
        self.policy = S3BucketPolicy(
            self,
            "Policy",
            bucket=self.bucket.id,
            policy=json_expression(policy_document(spec.policy)),
            depends_on=[public_access_block],  # S3 refuses to change both at the same time
        )
        self.settings = (
            public_access_block,
            self.policy,
            self._build_versioning(),
            self._build_encryption(),
            self._build_ownership(),
            self._build_lifecycle(spec.lifecycle),
        )

    def _build_versioning(self) -> S3BucketVersioning:
        return S3BucketVersioning(
            self,
            "Versioning",
            bucket=self.bucket.id,
            versioning_configuration=S3BucketVersioningVersioningConfiguration(status="Enabled"),
        )

    def _build_encryption(self) -> S3BucketServerSideEncryptionConfiguration:
        by_default = (
            S3BucketServerSideEncryptionConfigurationRuleApplyServerSideEncryptionByDefault(
                sse_algorithm="AES256"
            )
        )
        return S3BucketServerSideEncryptionConfiguration(
            self,
            "Encryption",
            bucket=self.bucket.id,
            rule=[
                S3BucketServerSideEncryptionConfigurationRule(
                    apply_server_side_encryption_by_default=by_default
                )
            ],
        )

    def _build_ownership(self) -> S3BucketOwnershipControls:
        return S3BucketOwnershipControls(
            self,
            "Ownership",
            bucket=self.bucket.id,
            rule=S3BucketOwnershipControlsRule(object_ownership="BucketOwnerEnforced"),
        )

    def _build_lifecycle(self, rule: LifecycleRule) -> S3BucketLifecycleConfiguration:
        return S3BucketLifecycleConfiguration(
            self, "Lifecycle", bucket=self.bucket.id, rule=[_lifecycle_rule(rule)]
        )


def _lifecycle_rule(rule: LifecycleRule) -> S3BucketLifecycleConfigurationRule:
    return S3BucketLifecycleConfigurationRule(
        id=rule.id,
        status="Enabled",
        filter=[S3BucketLifecycleConfigurationRuleFilter(prefix=rule.prefix)],
        abort_incomplete_multipart_upload=[
            S3BucketLifecycleConfigurationRuleAbortIncompleteMultipartUpload(
                days_after_initiation=7
            )
        ],
        expiration=[
            S3BucketLifecycleConfigurationRuleExpiration(days=days)
            for days in _given(rule.expiration_days)
        ],
        noncurrent_version_expiration=[
            S3BucketLifecycleConfigurationRuleNoncurrentVersionExpiration(noncurrent_days=days)
            for days in _given(rule.noncurrent_expiration_days)
        ],
        transition=[
            S3BucketLifecycleConfigurationRuleTransition(days=days, storage_class="GLACIER_IR")
            for days in _given(rule.glacier_instant_retrieval_days)
        ],
    )


def _given(days: int | None) -> list[int]:
    return [] if days is None else [days]
