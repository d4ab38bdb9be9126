"""The Lambda function that copies the chosen patch baselines into the bucket, as plain data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from modules.policy.model import PatchPolicy
from modules.quick_setup import names
from modules.quick_setup.iam import RoleSpec
from modules.quick_setup.names import Place
from modules.quick_setup.packaging import LambdaPackage, lambda_package
from modules.quick_setup.permissions import baseline_function_role


@dataclass(frozen=True, kw_only=True)
class BaselineFunctionSpec:
    """The function, its role and its log group; `package_path` is relative to the stack."""

    name: str
    description: str
    role: RoleSpec
    log_group: str
    package: LambdaPackage
    package_path: str
    environment: Mapping[str, str]
    log_retention_days: int = 365
    memory_megabytes: int = 128
    timeout_seconds: int = 300


def baseline_function(policy: PatchPolicy, place: Place) -> BaselineFunctionSpec:
    """The function of a policy's home region."""
    package = _package()
    return BaselineFunctionSpec(
        name=names.baseline_function(policy.configuration_id),
        description="Copies the chosen patch baselines into the bucket of a patch policy",
        role=baseline_function_role(policy, place),
        log_group=names.baseline_function_log_group(policy.configuration_id),
        package=package,
        package_path=f"lambda/{package.file_name}",
        environment={"REGION": place.region},
    )


@cache
def _package() -> LambdaPackage:
    return lambda_package()
