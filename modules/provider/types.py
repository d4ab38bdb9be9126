"""The Terraform types that there are bindings for. A line more here, then `make bindings`.

What is deprecated, or changed in version 6 of the provider, is left out of the bindings, so that
they hold for both.
"""

from __future__ import annotations

from typing import Final

AWS_SOURCE: Final = "hashicorp/aws"
AWS_SCHEMA_VERSION: Final = "5.100.0"
"""The provider whose schema the bindings are made from; also the oldest one that is allowed."""

AWS_VERSION_CONSTRAINT: Final = f">= {AWS_SCHEMA_VERSION}, < 7.0.0"
"""A next major version may change names and defaults: it is tried before it is allowed."""

TERRAFORM_VERSION_CONSTRAINT: Final = ">= 1.6"
"""The ID in an import block may refer to the account since Terraform 1.6, where OpenTofu began."""

RESOURCES: Final = (
    "aws_cloudwatch_log_group",
    "aws_iam_instance_profile",
    "aws_iam_policy",
    "aws_iam_role",
    "aws_iam_role_policy",
    "aws_iam_role_policy_attachment",
    "aws_lambda_function",
    "aws_lambda_invocation",
    "aws_s3_bucket",
    "aws_s3_bucket_lifecycle_configuration",
    "aws_s3_bucket_logging",
    "aws_s3_bucket_ownership_controls",
    "aws_s3_bucket_policy",
    "aws_s3_bucket_public_access_block",
    "aws_s3_bucket_server_side_encryption_configuration",
    "aws_s3_bucket_versioning",
    "aws_ssm_association",
    "aws_ssm_document",
    "terraform_data",
)

CHANGED_IN_6: Final = {
    "aws_region": frozenset({"name"}),  # deprecated for `region`; `id` holds the same in both
    "aws_s3_bucket": frozenset({"region"}),  # from what AWS says to where the resource is to be
}
"""Type -> attributes that version 6 of the provider deprecated or gave another meaning. Source: the
"Terraform AWS Provider Version 6 Upgrade Guide" in hashicorp/terraform-provider-aws.
"""

DATA_SOURCES: Final = (
    "aws_caller_identity",
    "aws_partition",
    "aws_region",
    "aws_ssm_patch_baseline",
    "aws_ssm_patch_baselines",
)
