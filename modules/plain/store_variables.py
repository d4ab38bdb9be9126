"""The variables of what is there once: the baseline store and the instance role."""

from __future__ import annotations

from collections.abc import Mapping

from modules.plain.variable import Validation, Variable
from modules.policy.model import PatchPolicy
from modules.quick_setup.baseline_function import BaselineFunctionSpec


def store_variables(policy: PatchPolicy) -> tuple[Variable, ...]:
    """The variables of the baseline store."""
    baselines = Variable(
        name="patch_baselines",
        type="map(string)",
        description="Patch baselines by operating system, as IDs or ARNs. A system left out gets "
        "AWS's predefined default baseline of the region.",
        default=dict(policy.patch_baselines),
        validations=(
            Validation(
                condition='alltrue([for each in values(var.patch_baselines) : can(regex("'
                '(^|/)pb-[0-9a-f]{17}$", each))])',
                error_message="Each patch baseline must be an ID (pb-0123456789abcdef0) or an ARN.",
            ),
        ),
    )
    retention = Variable(
        name="log_retention_days",
        type="number",
        description="How long the log of the Lambda function is kept.",
        default=BaselineFunctionSpec.log_retention_days,
    )
    if policy.access_log_bucket is None:
        return (baselines, retention)
    bucket = Variable(
        name="access_log_bucket",
        type="string",
        description="An existing bucket that takes the access log of the baseline bucket. Its "
        "policy must let logging.s3.amazonaws.com write.",
        default=policy.access_log_bucket,
    )
    return (baselines, bucket, retention)


def other_configuration_ids(policy: PatchPolicy) -> Variable:
    """Further tags of the instance role."""
    return Variable(
        name="other_configuration_ids",
        type="list(string)",
        description="Further configuration IDs whose baseline overrides nodes with the default "
        "instance role may read.",
        default=[*policy.instance_roles.other_configuration_ids],
    )


def instance_role_tags(tags: Mapping[str, str]) -> Variable:
    """The tags of a role that several policies share."""
    return Variable(
        name="instance_role_tags",
        type="map(string)",
        description="Tags on the default instance role, its profile and its policy: those on which "
        "all the policies that share it agree.",
        default=dict(tags),
    )
