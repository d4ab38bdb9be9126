"""What the reader of a module would ask, by the address that it stands above."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

_REPLACED: Final = """\
Replaced, never updated: an update clears what it leaves out, and the provider leaves out
SyncCompliance. A new association runs at once, unless it waits for its schedule."""

COMMENTS: Final[Mapping[str, str]] = {
    "aws_iam_role.instance": """\
One for the account, for EC2 instances and hybrid nodes alike. Its tags say which patch policies'
baseline overrides its bearers may read.""",
    "aws_iam_policy.baseline_access": """\
A changed description would replace the policy, which IAM refuses while other roles bear it.""",
    "aws_s3_bucket.baseline_overrides": """\
The patch baselines that the nodes obey, as one object. Destroyed with its content: it is written
anew from the patch baselines.""",
    "aws_s3_bucket_policy.baseline_overrides": """\
Nodes read the overrides with their instance role. The Deny holds for everybody whose role lacks the
tag: for administrators, and for the Lambda function too.""",
    "aws_s3_bucket.access_log": "Who read or wrote the overrides.",
    "aws_s3_bucket_lifecycle_configuration.access_log": "Ten years, as Quick Setup keeps them.",
    "aws_lambda_function.baseline_overrides": """\
Copies the patch baselines into the bucket, and writes only what changed. The zip holds what is in
lambda/baseline_overrides, uncompressed, so that its bytes depend on the sources alone.""",
    "aws_cloudwatch_log_group.baseline_overrides": "The function has no right to make it itself.",
    "aws_iam_role.baseline_overrides": "The tag lets it read what it wrote.",
    "aws_lambda_invocation.baseline_overrides": """\
The overrides must be there before the first scan. CREATE_ONLY, as the provider keeps a failed
update as done; it is repeated when its input changes, and when the bucket is a new one.""",
    "aws_ssm_association.baseline_remediation": """\
Every hour, so that edits of a patch baseline reach the bucket. An association without targets
cannot be updated (hashicorp/terraform-provider-aws#41251), so it is replaced instead.""",
    "terraform_data.baseline_remediation_definition": "Triggers the replacement.",
    "aws_ssm_document.baseline_remediation": """\
Its defaults say what to refresh: a parameter that an association passes holds 512 characters, and
the baselines take more.""",
    "terraform_data.baseline_remediation_role_settled": """\
A new role can be assumed everywhere only after 10 to 30 seconds.""",
    "terraform_data.roles_settled": """\
A new role can be assumed everywhere only after 10 to 30 seconds, and a first run that fails for it
is repeated at the next interval, which may be a month away.""",
    "aws_ssm_document.create_and_attach_iam_to_ec2_node": """\
The texts are files, as shell and Python would need escapes here. State Manager runs an association
again when its document changes, if only by a space: keep them as they are.""",
    "aws_ssm_association.scan_for_patches": _REPLACED,
    "aws_ssm_association.install_patches": _REPLACED,
    "terraform_data.scan_for_patches_definition": "Triggers the replacement.",
    "terraform_data.install_patches_definition": "Triggers the replacement.",
    "aws_ssm_association.attach_iam_to_ec2_instance": """\
Nodes get the instance role and the name tag when they first meet this schedule.""",
    "aws_ssm_association.name_tag_remediation": """\
Takes the name tag from nodes that left the policy. Without targets, so replaced instead of updated
(hashicorp/terraform-provider-aws#41251).""",
    "terraform_data.name_tag_remediation_definition": "Triggers the replacement.",
    "aws_ssm_association.enable_explorer": """\
Once: without a schedule. Without targets, so replaced instead of updated.""",
    "terraform_data.enable_explorer_definition": "Triggers the replacement.",
}
