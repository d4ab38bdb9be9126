"""The variables of what is there once: the baseline store and the instance role."""

from __future__ import annotations

from collections.abc import Mapping

from modules.plain.validations import are_tags, as_in_policy, is_bucket, is_retention
from modules.plain.variable import Variable
from modules.policy.model import PatchPolicy
from modules.policy.operating_systems import OPERATING_SYSTEMS
from modules.quick_setup.baseline_function import BaselineFunctionSpec


def store_variables(policy: PatchPolicy) -> tuple[Variable, ...]:
    """The variables of the baseline store."""
    baselines = Variable(
        name="patch_baselines",
        type="map(string)",
        description="Patch baseline of each operating system, as an ID or ARN. One left out, or "
        "null, is AWS's predefined default baseline of the region.",
        # Every system, so that a baseline that comes or goes moves no other line.
        default={system: policy.patch_baselines.get(system) for system in OPERATING_SYSTEMS},
        validations=(
            as_in_policy(
                "patch_baselines",
                "patch_baselines",
                OPERATING_SYSTEMS[0],
                each_of="compact(values(var.patch_baselines))",
            ),
        ),
    )
    retention = Variable(
        name="log_retention_days",
        type="number",
        description="For how many days the log of the Lambda function is kept.",
        default=BaselineFunctionSpec.log_retention_days,
        validations=(is_retention("log_retention_days"),),
    )
    if policy.access_log_bucket is None:
        return (baselines, retention)
    bucket = Variable(
        name="access_log_bucket",
        type="string",
        description="An existing bucket that takes the access log of the baseline bucket. Its "
        "policy must let logging.s3.amazonaws.com write.",
        default=policy.access_log_bucket,
        validations=(is_bucket("var.access_log_bucket"),),
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
        validations=(
            as_in_policy(
                "other_configuration_ids",
                "configuration_id",
                each_of="var.other_configuration_ids",
            ),
        ),
    )


def instance_role_tags(tags: Mapping[str, str]) -> Variable:
    """The tags of a role that several policies share."""
    return Variable(
        name="instance_role_tags",
        type="map(string)",
        description="Tags on the default instance role, its profile and its policy: those on which "
        "all the policies that share it agree.",
        default=dict(tags),
        validations=(are_tags("instance_role_tags"),),
    )
