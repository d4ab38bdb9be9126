"""The Lambda function that copies the chosen patch baselines into the bucket."""

from __future__ import annotations

from collections.abc import Mapping

from modules.constructs.role import Role
from modules.provider.aws.cloudwatch_log_group import CloudwatchLogGroup
from modules.provider.aws.lambda_function import LambdaFunction, LambdaFunctionEnvironment
from modules.provider.engine import constructs
from modules.provider.expressions import stack_file
from modules.provider.location import Construct
from modules.quick_setup.baseline_function import BaselineFunctionSpec


class BaselineFunction(Construct):
    """The function with its role and its log group, which it has no right to create itself."""

    def __init__(
        self,
        scope: constructs.Construct,
        id_: str,
        *,
        spec: BaselineFunctionSpec,
        tags: Mapping[str, str],
    ) -> None:
        super().__init__(scope, id_)
        self.spec = spec
        self.role = Role(self, "Role", spec=spec.role, tags=tags)
        self.log_group = CloudwatchLogGroup(
            self,
            "LogGroup",
            name=spec.log_group,
            retention_in_days=spec.log_retention_days,
            tags=dict(tags) or None,
        )
        self.function = LambdaFunction(
            self,
            "Default",
            function_name=spec.name,
            description=spec.description,
            role=self.role.role.arn,
            filename=stack_file(spec.package_path),
            source_code_hash=spec.package.source_code_hash,
            handler=spec.package.handler,
            runtime=spec.package.runtime,
            memory_size=spec.memory_megabytes,
            timeout=spec.timeout_seconds,
            environment=LambdaFunctionEnvironment(variables=dict(spec.environment)),
            tags=dict(tags) or None,
            depends_on=[self.log_group, *self.role.policies],
        )
