"""The frozen policy of data that was found right."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from modules.policy.model import (
    AllNodes,
    CommandOutput,
    InstanceIds,
    InstanceRoles,
    Operation,
    Organization,
    PatchPolicy,
    RateControl,
    RebootOption,
    ResourceGroup,
    Schedule,
    Sharing,
    TagTarget,
    Targets,
)
from modules.policy.schedule import is_rate
from modules.policy.schema import with_defaults


def build_policy(data: Mapping[str, Any]) -> PatchPolicy:
    """The policy that a policy file's data describes, with its defaults filled in."""
    keys = with_defaults(data)
    home_region = keys["home_region"]
    return PatchPolicy(
        name=keys["name"],
        configuration_id=keys["configuration_id"],
        home_region=home_region,
        regions=tuple(keys.get("regions", [home_region])),
        operation=Operation(keys["operation"]),
        scan=_schedule(keys["scan"]),
        install=_schedule(keys["install"]),
        refresh=keys["refresh"],
        reboot=RebootOption(keys["reboot"]),
        targets=build_targets(keys["targets"]),
        rate_control=_rate_control(keys["rate_control"]),
        instance_roles=_instance_roles(keys["instance_roles"]),
        exclusive_name_tag=keys["name_tag"]["exclusive"],
        patch_baselines=_sorted(keys["patch_baselines"]),
        command_output=_command_output(keys.get("command_output"), home_region),
        explorer=keys["explorer"],
        sharing=Sharing(keys["sharing"]),
        organization=_organization(keys.get("organization")),
        baseline_store_account=keys.get("baseline_store", {}).get("account"),
        access_log_bucket=keys.get("access_logs", {}).get("bucket"),
        document_name_prefix=keys["document_name_prefix"],
        tags=_sorted(keys["tags"]),
    )


def build_targets(targets: Mapping[str, Any]) -> Targets:
    """The one kind of targets that is given."""
    match targets:
        case {"tag": tag}:
            return TagTarget(key=tag["key"], value=tag.get("value"))
        case {"resource_group": name}:
            return ResourceGroup(name)
        case {"instance_ids": ids}:
            return InstanceIds(tuple(ids))
        case _:
            return AllNodes()


def _schedule(keys: Mapping[str, Any]) -> Schedule:
    expression = keys["schedule"]
    return Schedule(
        schedule_expression=expression,
        wait_for_next_interval=keys.get("wait_for_next_interval", not is_rate(expression)),
    )


def _rate_control(keys: Mapping[str, str | int]) -> RateControl:
    return RateControl(**{key: str(value) for key, value in keys.items()})


def _instance_roles(keys: Mapping[str, Any]) -> InstanceRoles:
    return InstanceRoles(
        **{**keys, "other_configuration_ids": tuple(keys["other_configuration_ids"])}
    )


def _command_output(keys: Mapping[str, Any] | None, home_region: str) -> CommandOutput | None:
    return None if keys is None else CommandOutput(**{"region": home_region, **keys})


def _organization(keys: Mapping[str, Any] | None) -> Organization | None:
    return None if keys is None else Organization(id=keys["id"], units=tuple(keys.get("units", ())))


def _sorted(mapping: Mapping[str, str]) -> Mapping[str, str]:
    """Frozen, and in one order whatever the order in the file."""
    return MappingProxyType(dict(sorted(mapping.items())))
