"""What an operator tunes: each value of a policy file that does not decide the module's shape.

Operation, kind of target and sharing decide which resources there are, so they stay fixed.
"""

from __future__ import annotations

from collections.abc import Iterator

from modules.plain.variable import Validation, Variable
from modules.policy.model import (
    InstanceIds,
    Operation,
    PatchPolicy,
    RebootOption,
    ResourceGroup,
    Schedule,
    TagTarget,
)

_SCHEDULE = r"^(cron|rate)\\(.+\\)$"
_NUMBER_OR_PERCENTAGE = "^([1-9][0-9]{0,6}|[1-9][0-9]?%|100%)$"
_COUNT_OR_PERCENTAGE = "^(0|[1-9][0-9]{0,6}|0%|[1-9][0-9]?%|100%)$"


def policy_variables(policy: PatchPolicy) -> tuple[Variable, ...]:
    """The variables of what every region has, with the policy's values as defaults."""
    return (
        *_identity(policy),
        *_schedules(policy),
        *_patching(policy),
        *_targets(policy),
        *_places(policy),
        Variable(
            name="tags",
            type="map(string)",
            description="Tags on every resource that can carry tags.",
            default=dict(policy.tags),
        ),
    )


def _identity(policy: PatchPolicy) -> Iterator[Variable]:
    yield Variable(
        name="name",
        type="string",
        description="Name of the patch policy, which every node shows in a tag.",
        default=policy.name,
        validations=(
            Validation(
                condition="length(var.name) >= 1 && length(var.name) <= 256",
                error_message="The name must have 1 to 256 characters, as it is the value of a "
                "tag.",
            ),
        ),
    )
    yield Variable(
        name="configuration_id",
        type="string",
        description="Quick Setup configuration ID: part of every physical name.",
        default=policy.configuration_id,
        validations=(
            Validation(
                condition='can(regex("^[a-z0-9]{4,10}$", var.configuration_id))',
                error_message="The configuration ID must have 4 to 10 lower-case letters and "
                "digits.",
            ),
        ),
    )
    yield Variable(
        name="document_name_prefix",
        type="string",
        description="Prefix of the names of the Automation documents.",
        default=policy.document_name_prefix,
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
        validations=(_is_schedule("refresh_schedule"),),
    )


def _schedule(prefix: str, what: str, schedule: Schedule) -> Iterator[Variable]:
    yield Variable(
        name=f"{prefix}_schedule",
        type="string",
        description=f"Schedule of {what}, in UTC.",
        default=schedule.schedule_expression,
        validations=(_is_schedule(f"{prefix}_schedule"),),
    )
    yield Variable(
        name=f"{prefix}_wait_for_next_interval",
        type="bool",
        description="Whether a new or changed association waits for its schedule. Otherwise it "
        "runs at once, on nodes that come up later too. Must be false with rate(...).",
        default=schedule.wait_for_next_interval,
    )


def _is_schedule(name: str) -> Validation:
    return Validation(
        condition=f'can(regex("{_SCHEDULE}", var.{name}))',
        error_message="The schedule must be cron(...) or rate(...).",
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
                error_message="The reboot option must be NoReboot or RebootIfNeeded.",
            ),
        ),
    )
    yield _rate(
        "max_concurrency",
        "On how many nodes at a time, as a number or a percentage of the targets.",
        policy.rate_control.max_concurrency,
        _NUMBER_OR_PERCENTAGE,
    )
    yield _rate(
        "max_errors",
        "After how many failed nodes to stop, as a number or a percentage of the targets.",
        policy.rate_control.max_errors,
        _COUNT_OR_PERCENTAGE,
    )


def _rate(name: str, description: str, default: str, pattern: str) -> Variable:
    return Variable(
        name=name,
        type="string",
        description=description,
        default=default,
        validations=(
            Validation(
                condition=f'can(regex("{pattern}", var.{name}))',
                error_message="It must be a number or a percentage, such as 5 or 10%.",
            ),
        ),
    )


def _targets(policy: PatchPolicy) -> Iterator[Variable]:
    match policy.targets:
        case TagTarget(key=key, value=value):
            yield _target("tag_key", f"Key of the tag that {_nodes(value)} carry.", key)
            if value is not None:
                yield _target("tag_value", "Value of the tag that the patched nodes carry.", value)
        case ResourceGroup(name=name):
            yield _target("resource_group", "Resource group whose nodes are patched.", name)
        case InstanceIds(ids=ids):
            yield Variable(
                name="target_instance_ids",
                type="list(string)",
                description="IDs of the nodes that are patched: i-... or mi-..., 25 at most.",
                default=[*ids],
                validations=(
                    Validation(
                        condition="length(var.target_instance_ids) >= 1 && "
                        "length(var.target_instance_ids) <= 25",
                        error_message="1 to 25 IDs are possible: a parameter of State Manager "
                        "holds 512 characters.",
                    ),
                ),
            )


def _nodes(value: str | None) -> str:
    return "the patched nodes" if value is not None else "the patched nodes, whatever its value,"


def _target(name: str, description: str, default: str) -> Variable:
    return Variable(name=f"target_{name}", type="string", description=description, default=default)


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
        )
    if policy.baseline_store_account is not None:
        yield Variable(
            name="baseline_store_account",
            type="string",
            description="The account whose baseline overrides the nodes obey.",
            default=policy.baseline_store_account,
            validations=(
                Validation(
                    condition='can(regex("^[0-9]{12}$", var.baseline_store_account))',
                    error_message="An account ID has 12 digits.",
                ),
            ),
        )
