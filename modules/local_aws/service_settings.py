"""Service settings of Systems Manager, those that Explorer uses.

Source: API reference of GetServiceSetting, UpdateServiceSetting and ResetServiceSetting.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from modules.local_aws.call import Call, Operation, Result
from modules.local_aws.errors import AwsError

if TYPE_CHECKING:
    from modules.local_aws.state import State

DEFAULTS: Mapping[str, str] = {
    "/ssm/opsdata/Association": "Disabled",
    "/ssm/opsdata/ComputeOptimizer": "Disabled",
    "/ssm/opsdata/ConfigCompliance": "Disabled",
    "/ssm/opsdata/ExplorerOnboarded": "false",
    "/ssm/opsdata/OpsData-TrustedAdvisor": "Disabled",
    "/ssm/opsdata/SupportCenterCase": "Disabled",
    "/ssm/opsitem/EC2": "Disabled",
    "/ssm/opsitem/ssm-patchmanager": "Disabled",
    "/ssm/managed-instance/activation-tier": "standard",
    "/ssm/managed-instance/default-ec2-instance-management-role": "$None",
    "/ssm/parameter-store/default-parameter-tier": "Standard",
    "/ssm/parameter-store/high-throughput-enabled": "false",
}


@dataclass
class ServiceSettings:
    """The settings that were changed, by account, region and ID."""

    changed: dict[tuple[tuple[str, str], str], dict[str, Any]] = field(default_factory=dict)


def setting_id(call: Call) -> str:
    """The setting that a call names, by ID or ARN; ServiceSettingNotFound."""
    given = str(call.parameters["SettingId"])
    found = given.partition(":servicesetting")[2] if given.startswith("arn:") else given
    if found not in DEFAULTS:
        raise AwsError("ServiceSettingNotFound", f"Setting {given} was not found.")
    return found


def _get(state: State, call: Call) -> Result:
    wanted = setting_id(call)
    arn = f"arn:aws:ssm:{call.region}:{call.account}:servicesetting{wanted}"
    default = {
        "SettingValue": DEFAULTS[wanted],
        "LastModifiedDate": datetime(2020, 1, 1, tzinfo=UTC),
        "LastModifiedUser": "System",
        "Status": "Default",
    }
    current = state.settings.changed.get((call.place, wanted), default)
    return {"ServiceSetting": {"SettingId": wanted, "ARN": arn, **current}}


def _update(state: State, call: Call) -> Result:
    state.settings.changed[call.place, setting_id(call)] = {
        "SettingValue": call.parameters["SettingValue"],
        "LastModifiedDate": state.now(),
        "LastModifiedUser": call.principal.arn,
        "Status": "Customized",
    }
    return {}


def _reset(state: State, call: Call) -> Result:
    state.settings.changed.pop((call.place, setting_id(call)), None)
    return _get(state, call)


OPERATIONS: Mapping[str, Operation] = {
    "GetServiceSetting": _get,
    "ResetServiceSetting": _reset,
    "UpdateServiceSetting": _update,
}
