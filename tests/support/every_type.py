"""A stack that uses every type there are bindings for, and every meta-argument.

`python -m tests.support.every_type` synthesizes it, in the format that the environment asks for.
"""

from __future__ import annotations

from modules.provider import expressions
from modules.provider.app import new_app, synthesize
from modules.provider.aws.cloudwatch_log_group import CloudwatchLogGroup
from modules.provider.aws.data_caller_identity import DataCallerIdentity
from modules.provider.aws.data_partition import DataPartition
from modules.provider.aws.data_region import DataRegion
from modules.provider.aws.data_ssm_patch_baseline import DataSsmPatchBaseline
from modules.provider.aws.data_ssm_patch_baselines import (
    DataSsmPatchBaselines,
    DataSsmPatchBaselinesFilter,
)
from modules.provider.aws.iam_instance_profile import IamInstanceProfile
from modules.provider.aws.iam_policy import IamPolicy
from modules.provider.aws.iam_role import IamRole
from modules.provider.aws.iam_role_policy import IamRolePolicy
from modules.provider.aws.iam_role_policy_attachment import IamRolePolicyAttachment
from modules.provider.aws.lambda_function import LambdaFunction, LambdaFunctionEnvironment
from modules.provider.aws.lambda_invocation import LambdaInvocation
from modules.provider.aws.s3_bucket import S3Bucket
from modules.provider.aws.s3_bucket_lifecycle_configuration import (
    S3BucketLifecycleConfiguration,
    S3BucketLifecycleConfigurationRule,
    S3BucketLifecycleConfigurationRuleFilter,
    S3BucketLifecycleConfigurationRuleNoncurrentVersionExpiration,
)
from modules.provider.aws.s3_bucket_logging import S3BucketLogging
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
from modules.provider.aws.ssm_association import (
    SsmAssociation,
    SsmAssociationOutputLocation,
    SsmAssociationTargets,
)
from modules.provider.aws.ssm_document import SsmDocument
from modules.provider.backend import Backend, LocalBackend
from modules.provider.builtin.terraform_data import TerraformData
from modules.provider.engine import constructs
from modules.provider.location import Construct
from modules.provider.meta import Condition, Lifecycle, LocalExec
from modules.provider.stack import Stack

NAME = "patch-policy-a1b2c-eu-central-1"
DOCUMENT = b'{"schemaVersion": "0.3", "description": "${HOME} %{x} \\u00e9", "mainSteps": []}\n'


class EveryTypeStack(Stack):
    """One of everything."""

    def __init__(
        self, scope: constructs.Construct, name: str = NAME, backend: Backend | None = None
    ) -> None:
        super().__init__(scope, name, region="eu-central-1", backend=backend or LocalBackend())
        self.add_file("documents/attach.json", DOCUMENT)
        self.add_file("lambda/baseline_overrides.zip", b"not looked into")
        self.account = DataCallerIdentity(self, "Account")
        self.store = _Store(self, "BaselineStore", self.account)
        self.function = _Function(self, "BaselineFunction", self.store)
        _Associations(self, "Associations", self.function)


class _Store(Construct):
    def __init__(self, scope: EveryTypeStack, id_: str, account: DataCallerIdentity) -> None:
        super().__init__(scope, id_)
        self.name = f"baselines-{account.account_id}"
        self.bucket = S3Bucket(self, "Bucket", bucket=self.name, force_destroy=True)
        bucket = self.bucket.bucket
        S3BucketVersioning(
            self,
            "Versioning",
            bucket=bucket,
            versioning_configuration=S3BucketVersioningVersioningConfiguration(status="Enabled"),
        )
        S3BucketServerSideEncryptionConfiguration(
            self,
            "Encryption",
            bucket=bucket,
            rule=[
                S3BucketServerSideEncryptionConfigurationRule(
                    apply_server_side_encryption_by_default=(
                        S3BucketServerSideEncryptionConfigurationRuleApplyServerSideEncryptionByDefault(
                            sse_algorithm="AES256"
                        )
                    )
                )
            ],
        )
        S3BucketPublicAccessBlock(self, "PublicAccess", bucket=bucket, block_public_acls=True)
        S3BucketOwnershipControls(
            self,
            "Ownership",
            bucket=bucket,
            rule=S3BucketOwnershipControlsRule(object_ownership="BucketOwnerEnforced"),
        )
        S3BucketLifecycleConfiguration(
            self,
            "Expiry",
            bucket=bucket,
            rule=[
                S3BucketLifecycleConfigurationRule(
                    id="DeleteOldVersions",
                    status="Enabled",
                    filter=[S3BucketLifecycleConfigurationRuleFilter()],
                    noncurrent_version_expiration=[
                        S3BucketLifecycleConfigurationRuleNoncurrentVersionExpiration(
                            noncurrent_days=90
                        )
                    ],
                )
            ],
        )
        S3BucketLogging(self, "Logging", bucket=bucket, target_bucket="logs", target_prefix="")
        S3BucketPolicy(self, "Policy", bucket=bucket, policy=_policy(f"{self.bucket.arn}/*"))


class _Function(Construct):
    def __init__(self, scope: EveryTypeStack, id_: str, store: _Store) -> None:
        super().__init__(scope, id_)
        partition = DataPartition(self, "Partition")
        self.role = IamRole(
            self,
            "Role",
            name="baseline-overrides",
            assume_role_policy=_policy("*"),
            tags={"with space": 'a "quote"', "Stage": "${terraform.workspace}"},
            lifecycle=Lifecycle(ignore_changes=["description"], create_before_destroy=False),
        )
        self.role.import_from("baseline-overrides")
        inline = IamRolePolicy(self, "Inline", role=self.role.name, policy=_policy("*"))
        policy = IamPolicy(self, "Managed", name="managed", policy=_policy("*"))
        policy.move_from_id("aws_iam_policy.older")
        IamRolePolicyAttachment(
            self, "Attachment", role=self.role.name, policy_arn=f"arn:{partition.id}:iam::aws:x"
        )
        IamInstanceProfile(self, "Profile", name="profile", role=self.role.name)
        log = CloudwatchLogGroup(self, "Log", name="/aws/lambda/baselines", retention_in_days=30)
        self.pause = TerraformData(
            self,
            "Pause",
            triggers_replace=[self.role.arn, "1"],
            provisioners=[LocalExec(command="sleep 30")],
            depends_on=[inline],
        )
        function = LambdaFunction(
            self,
            "Function",
            function_name="baselines",
            role=self.role.arn,
            runtime="python3.13",
            handler="baseline_overrides.handler",
            filename=expressions.stack_file("lambda/baseline_overrides.zip"),
            source_code_hash=expressions.file_hash("lambda/baseline_overrides.zip"),
            timeout=300,
            environment=LambdaFunctionEnvironment(variables={"BUCKET": store.name}),
            depends_on=[log, self.pause],
        )
        self.invocation = LambdaInvocation(
            self,
            "Invocation",
            function_name=function.function_name,
            lifecycle_scope="CREATE_ONLY",
            input=expressions.json_expression({"RequestType": "Create", "Bucket": store.name}),
            lifecycle=Lifecycle(
                replace_triggered_by=[store.bucket, function.source_code_hash],
                postconditions=[
                    Condition(condition='${self.result != ""}', error_message='no "result"')
                ],
            ),
        )


class _Associations(Construct):
    def __init__(self, scope: EveryTypeStack, id_: str, function: _Function) -> None:
        super().__init__(scope, id_)
        region = DataRegion(self, "Region")
        baselines = DataSsmPatchBaselines(
            self, "Ubuntu", filter=[DataSsmPatchBaselinesFilter(key="OWNER", values=["AWS"])]
        )
        default = DataSsmPatchBaseline(self, "Windows", owner="AWS", depends_on=[baselines])
        document = SsmDocument(
            self,
            "Attach",
            name=f"Attach-{region.id}",
            document_type="Automation",
            content=expressions.file("documents/attach.json"),
        )
        SsmAssociation(
            self,
            "Scan",
            name=document.name,
            association_name="ScanForPatches",
            apply_only_at_cron_interval=False,
            wait_for_success_timeout_seconds=60,
            parameters={"Operation": "Scan", "Baseline": default.id, "Count": "1"},
            targets=[
                SsmAssociationTargets(key="tag:Env", values=["prod", "test"]),
                SsmAssociationTargets(key="tag-key", values=["Patch"]),
            ],
            output_location=SsmAssociationOutputLocation(s3_bucket_name="logs"),
            depends_on=[function.invocation],
        )


def _policy(resource: str) -> str:
    statement = {
        "Effect": "Allow",
        "Action": ["s3:GetObject", "s3:PutObject"],
        "Resource": resource,
        "Condition": {"StringEquals": {"aws:PrincipalAccount": "${aws:ResourceAccount}"}},
    }
    return expressions.json_expression({"Version": "2012-10-17", "Statement": [statement]})


if __name__ == "__main__":
    app = new_app()
    EveryTypeStack(app)
    synthesize(app)
