"""Find the role that an EC2 instance works with.

An instance names a profile, not a role: the profile may have a path and any name, and it may hold
no role at all. So the role is asked for, never derived from the profile's name.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

if TYPE_CHECKING:
    from mypy_boto3_ec2 import EC2Client
    from mypy_boto3_ec2.type_defs import InstanceTypeDef

DEFAULT_ROLE = "AmazonSSMRoleForInstancesQuickSetup"


def handler(events: Mapping[str, str], context: object) -> dict[str, str]:
    """Return the outcome and the role to complete.

    NoProfile: the instance has none, so the default role is for it. DefaultRole, ExistingRole: it
    works with that role. EmptyProfile: no role in its profile. Gone: terminated or unknown.
    """
    retries = Config(retries={"mode": "standard", "max_attempts": 6})
    instance = _find_instance(boto3.client("ec2", config=retries), events["InstanceId"])
    if instance is None:
        return {"Outcome": "Gone", "RoleName": ""}
    profile_arn = instance.get("IamInstanceProfile", {}).get("Arn", "")
    if not profile_arn:
        return {"Outcome": "NoProfile", "RoleName": DEFAULT_ROLE}
    profile = boto3.client("iam", config=retries).get_instance_profile(
        InstanceProfileName=profile_arn.rpartition("/")[2]
    )["InstanceProfile"]
    roles = [role["RoleName"] for role in profile["Roles"]]
    if not roles:
        return {"Outcome": "EmptyProfile", "RoleName": ""}
    return {
        "Outcome": "DefaultRole" if roles[0] == DEFAULT_ROLE else "ExistingRole",
        "RoleName": roles[0],
    }


def _find_instance(ec2: EC2Client, instance_id: str) -> InstanceTypeDef | None:
    try:
        answer = ec2.describe_instances(InstanceIds=[instance_id])
    except ClientError as error:
        if error.response["Error"]["Code"] == "InvalidInstanceID.NotFound":
            return None
        raise
    for reservation in answer["Reservations"]:
        for instance in reservation["Instances"]:
            if instance["State"]["Name"] not in {"shutting-down", "terminated"}:
                return instance
    return None
