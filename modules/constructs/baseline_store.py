"""The baseline store: bucket, Lambda, the first copy of the baselines, and their hourly refresh."""

from __future__ import annotations

from modules.constructs.associations import PatchAssociation
from modules.constructs.baseline_function import BaselineFunction
from modules.constructs.bucket import Bucket
from modules.constructs.patch_baselines import PatchBaselines
from modules.constructs.role import Role
from modules.constructs.runbook import Runbook
from modules.constructs.settling import RolesSettled
from modules.policy.model import PatchPolicy
from modules.provider.aws.lambda_invocation import LambdaInvocation
from modules.provider.aws.s3_bucket_logging import S3BucketLogging
from modules.provider.element import Fragment
from modules.provider.engine import constructs
from modules.provider.expressions import json_expression
from modules.provider.location import Construct
from modules.provider.meta import Lifecycle
from modules.quick_setup.associations import refresh_association
from modules.quick_setup.baseline_function import baseline_function
from modules.quick_setup.baseline_selection import baseline_selection
from modules.quick_setup.buckets import access_log_bucket, baseline_bucket
from modules.quick_setup.names import Place
from modules.quick_setup.permissions import remediation_role
from modules.quick_setup.runbooks import refresh_runbook


class BaselineStore(Construct):
    """A policy's store in its home region; `filled` is done when the overrides are in the bucket.

    The invocation is of scope CREATE_ONLY: of scope CRUD, hashicorp/aws 5.100.0 keeps a failed
    update as done. It is replaced, and so repeated, when what it is given changes, when the
    bucket is a new one, and after it failed.
    """

    def __init__(
        self, scope: constructs.Construct, id_: str, *, policy: PatchPolicy, place: Place
    ) -> None:
        super().__init__(scope, id_)
        self._policy, self._place = policy, place
        self._bucket = Bucket(self, "Bucket", spec=baseline_bucket(policy, place), tags=policy.tags)
        logging = self._build_logging()
        function = BaselineFunction(
            self, "Function", spec=baseline_function(policy, place), tags=policy.tags
        )
        self.location.stack.add_file(function.spec.package_path, function.spec.package.content)
        baselines = PatchBaselines(self, "PatchBaselines", selection=baseline_selection(policy))
        self.filled = LambdaInvocation(
            self,
            "Fill",
            function_name=function.function.function_name,
            input=json_expression(
                {
                    "RequestType": "Create",
                    "ResourceProperties": {
                        "BucketName": baseline_bucket(policy, place).name,
                        "PatchBaselines": baselines.selected,
                    },
                }
            ),
            lifecycle_scope="CREATE_ONLY",
            lifecycle=Lifecycle(replace_triggered_by=[self._bucket.bucket.id]),
            depends_on=[
                *self._bucket.settings,
                logging,
                function.log_group,
                *function.role.policies,
            ],
        )
        self._build_refresh(baselines)
        Fragment(
            self,
            "Outputs",
            {
                "output": {
                    "operating_systems_without_baseline": {
                        "description": "Operating systems that have no patch baseline: AWS has "
                        "no predefined one for them in this region. Their nodes are not patched.",
                        "value": baselines.missing,
                    }
                }
            },
        )

    def _build_logging(self) -> S3BucketLogging:
        given = self._policy.access_log_bucket
        if given is not None:
            return self._build_logging_to(given)
        spec = access_log_bucket(self._policy, self._place)
        log_bucket = Bucket(self, "AccessLog", spec=spec, tags=self._policy.tags)
        return self._build_logging_to(log_bucket.policy.bucket)  # S3 checks that it may write

    def _build_logging_to(self, bucket: str) -> S3BucketLogging:
        return S3BucketLogging(
            self,
            "Logging",
            bucket=self._bucket.bucket.id,
            target_bucket=bucket,
            target_prefix="",
        )

    def _build_refresh(self, baselines: PatchBaselines) -> None:
        policy, place = self._policy, self._place
        role = Role(self, "RemediationRole", spec=remediation_role(policy, place), tags=policy.tags)
        settled = RolesSettled(self, "RemediationRoleSettled", roles=[role])
        text = json_expression(baselines.selected)
        runbook = Runbook(self, spec=refresh_runbook(policy, place, text), tags=policy.tags)
        PatchAssociation(
            self,
            spec=refresh_association(policy),
            tags=policy.tags,
            depends_on=[self.filled, runbook, settled.settled],
        )
