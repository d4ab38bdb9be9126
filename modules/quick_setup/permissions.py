"""The roles of Explorer, of the hourly refresh and of the Lambda.

Quick Setup's roles may create the default role, its instance profile and the baseline bucket, as
its runbooks and its Lambda do that. Here Terraform does, so those rights are gone. What is granted
beyond Quick Setup's roles is told, with its reason, in docs/differences.md.
"""

from __future__ import annotations

from modules.policy.model import PatchPolicy
from modules.quick_setup import names
from modules.quick_setup.automation_permissions import automation_trust
from modules.quick_setup.iam import InlinePolicy, RoleSpec, Statement
from modules.quick_setup.names import Place

EXPLORER_SETTINGS = (
    "opsitem/ssm-patchmanager",
    "opsitem/EC2",
    "opsdata/ExplorerOnboarded",
    "opsdata/Association",
    "opsdata/ComputeOptimizer",
    "opsdata/ConfigCompliance",
    "opsdata/OpsData-TrustedAdvisor",
    "opsdata/SupportCenterCase",
)


def explorer_role(policy: PatchPolicy, place: Place) -> RoleSpec:
    """The role of AWS-EnableExplorer in one region."""
    settings = tuple(
        names.in_region(place, "ssm", f"servicesetting/ssm/{setting}")
        for setting in EXPLORER_SETTINGS
    )
    return RoleSpec(
        name=names.explorer_role(policy.configuration_id, place.region),
        description="Enables Systems Manager Explorer for a patch policy",
        trust=(automation_trust(place),),
        inline_policies=(
            InlinePolicy(
                purpose="Explorer",
                name="SSMQuickSetupEnableExplorerInlinePolicy",
                statements=(
                    Statement(
                        sid="FindDataSources",
                        actions=(
                            "iam:ListRoles",
                            "config:DescribeConfigurationRecorders",
                            "compute-optimizer:GetEnrollmentStatus",
                            "support:DescribeTrustedAdvisorChecks",
                        ),
                        resources=("*",),  # all recorders; the others know no resources
                    ),
                    Statement(
                        sid="SwitchOnDataSources",
                        actions=("ssm:GetServiceSetting", "ssm:UpdateServiceSetting"),
                        resources=settings,
                    ),
                    Statement(
                        sid="CreateServiceLinkedRole",
                        actions=("iam:CreateServiceLinkedRole",),
                        resources=(
                            names.role_arn(
                                place,
                                "aws-service-role/ssm.amazonaws.com/AWSServiceRoleForAmazonSSM",
                            ),
                        ),
                        conditions={"StringEquals": {"iam:AWSServiceName": "ssm.amazonaws.com"}},
                    ),
                ),
            ),
        ),
    )


def remediation_role(policy: PatchPolicy, place: Place) -> RoleSpec:
    """The role of the hourly refresh: it may invoke the one Lambda function."""
    return RoleSpec(
        name=names.remediation_role(policy.configuration_id),
        description="Refreshes the baseline overrides of a patch policy every hour",
        trust=(automation_trust(place),),
        inline_policies=(
            InlinePolicy(
                purpose="Invoke",
                name="InvokeBaselineOverrides",
                statements=(
                    Statement(
                        sid="InvokeBaselineOverrides",
                        actions=("lambda:InvokeFunction",),
                        resources=(names.baseline_function_arn(place, policy.configuration_id),),
                    ),
                ),
            ),
        ),
    )


def baseline_function_role(policy: PatchPolicy, place: Place) -> RoleSpec:
    """The Lambda's role; its tag lets it read what it wrote, to write only what changed."""
    bucket = names.baseline_bucket(place.account, policy.configuration_id)
    log_group = names.baseline_function_log_group(policy.configuration_id)
    overrides = names.object_arn(place, bucket, names.OVERRIDES_KEY)
    # every account: AWS's predefined baselines are in accounts of AWS's own
    baselines = names.arn(place, "ssm", "patchbaseline/*", region=place.region, account="*")
    return RoleSpec(
        name=names.baseline_function_role(policy.configuration_id),
        description="Copies the chosen patch baselines into the bucket of a patch policy",
        trust=(
            Statement(
                sid="Lambda",
                principals={"Service": "lambda.amazonaws.com"},
                actions=("sts:AssumeRole",),
                conditions={"StringEquals": {"aws:SourceAccount": place.account}},
            ),
        ),
        inline_policies=(
            InlinePolicy(
                purpose="Overrides",
                name="BaselineOverrides",
                statements=(
                    Statement(
                        sid="ReadPatchBaselines",
                        actions=("ssm:GetPatchBaseline",),
                        resources=(baselines,),
                    ),
                    Statement(
                        sid="WriteOverrides",
                        actions=(
                            "s3:GetObject",
                            "s3:PutObject",
                            "s3:DeleteObjectVersion",
                        ),
                        resources=(overrides,),
                    ),
                    Statement(
                        sid="ListVersions",
                        actions=("s3:ListBucket", "s3:ListBucketVersions"),
                        resources=(names.bucket_arn(place, bucket),),
                    ),
                    Statement(
                        sid="WriteLog",
                        actions=("logs:CreateLogStream", "logs:PutLogEvents"),
                        resources=(
                            # Lambda names its log streams itself
                            names.in_region(place, "logs", f"log-group:{log_group}:*"),
                        ),
                    ),
                ),
            ),
        ),
        tags={names.role_tag_key(policy.configuration_id): policy.configuration_id},
    )
