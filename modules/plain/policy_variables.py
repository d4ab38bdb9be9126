"""What an operator tunes: each value of a policy file that does not decide the module's shape.

Operation, kind of target and sharing decide which resources there are, so they stay fixed.
"""

from __future__ import annotations

from collections.abc import Iterator

from modules.plain.target_variables import target_variables
from modules.plain.validations import (
    are_tags,
    as_in_policy,
    is_bucket,
    is_schedule,
    is_tag_text,
)
from modules.plain.variable import Validation, Variable
from modules.policy.model import (
    Operation,
    PatchPolicy,
    RebootOption,
    Schedule,
)


def policy_variables(policy: PatchPolicy) -> tuple[Variable, ...]:
    """The variables of what every region has, with the policy's values as defaults."""
    return (
        *_identity(policy),
        *_schedules(policy),
        *_patching(policy),
        *target_variables(policy.targets),
        *_places(policy),
        Variable(
            name="tags",
            type="map(string)",
            description="Tags on every resource that can carry tags.",
            default=dict(policy.tags),
            validations=(are_tags("tags"),),
        ),
    )


def _identity(policy: PatchPolicy) -> Iterator[Variable]:
    yield Variable(
        name="name",
        type="string",
        description="Name of the patch policy, which every node shows in a tag.",
        default=policy.name,
        validations=(is_tag_text("name", 256),),
    )
    yield Variable(
        name="configuration_id",
        type="string",
        description="Quick Setup configuration ID: part of every physical name.",
        default=policy.configuration_id,
        validations=(as_in_policy("configuration_id", "configuration_id"),),
    )
    yield Variable(
        name="document_name_prefix",
        type="string",
        description="Prefix of the names of the Automation documents.",
        default=policy.document_name_prefix,
        validations=(as_in_policy("document_name_prefix", "document_name_prefix"),),
    )


def _schedules(policy: PatchPolicy) -> Iterator[Variable]:
    yield from _schedule("scan", "the scan for missing patches", policy.scan)
    if policy.operation is Operation.SCAN_AND_INSTALL:
        yield from _schedule("install", "the installation of patches", policy.install)
    yield Variable(
        name="refresh_schedule",
        type="string",
        description="Schedule of the runbooks that give nodes the instance role and the name tag.",
        default=policy.refresh,
        validations=(is_schedule("refresh_schedule"),),
    )


def _schedule(prefix: str, what: str, schedule: Schedule) -> Iterator[Variable]:
    yield Variable(
        name=f"{prefix}_schedule",
        type="string",
        description=f"Schedule of {what}, in UTC.",
        default=schedule.schedule_expression,
        validations=(is_schedule(f"{prefix}_schedule"),),
    )
    yield Variable(
        name=f"{prefix}_wait_for_next_interval",
        type="bool",
        description="Whether a new or changed association waits for its schedule. Otherwise it "
        "runs at once, on nodes that come up later too. Must be false with rate(...).",
        default=schedule.wait_for_next_interval,
    )


def _patching(policy: PatchPolicy) -> Iterator[Variable]:
    options = ", ".join(f'"{each}"' for each in RebootOption)
    yield Variable(
        name="reboot",
        type="string",
        description="Whether nodes reboot when patches need it: RebootIfNeeded or NoReboot.",
        default=str(policy.reboot),
        validations=(
            Validation(
                condition=f"contains([{options}], var.reboot)",
                error_message=f"Expected {' or '.join(RebootOption)}.",
            ),
        ),
    )
    yield _rate(
        "max_concurrency",
        "On how many nodes at a time, as a number or a percentage of the targets.",
        policy.rate_control.max_concurrency,
    )
    yield _rate(
        "max_errors",
        "After how many failed nodes to stop, as a number or a percentage of the targets.",
        policy.rate_control.max_errors,
    )


def _rate(name: str, description: str, default: str) -> Variable:
    return Variable(
        name=name,
        type="string",
        description=description,
        default=default,
        validations=(as_in_policy(name, "rate_control", name),),
    )


def _places(policy: PatchPolicy) -> Iterator[Variable]:
    if policy.command_output is not None:
        output = policy.command_output
        given = {"bucket": output.bucket, "prefix": output.prefix, "region": output.region}
        yield Variable(
            name="command_output",
            type="object({ bucket = string, prefix = optional(string), region = string })",
            description="Where Scan and Install write what they print: an S3 bucket, a key prefix "
            "and the bucket's region.",
            default={key: value for key, value in given.items() if value},
            validations=(is_bucket("var.command_output.bucket"),),
        )
    if policy.baseline_store_account is not None:
        yield Variable(
            name="baseline_store_account",
            type="string",
            description="The account whose baseline overrides the nodes obey.",
            default=policy.baseline_store_account,
            validations=(as_in_policy("baseline_store_account", "baseline_store", "account"),),
        )
