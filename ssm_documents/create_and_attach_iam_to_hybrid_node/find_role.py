"""Find the role that a hybrid node works with.

Its IamRole is a role's name, with a path in front of it for roles such as service-role/Name.
"""

from __future__ import annotations

from collections.abc import Mapping

import boto3
from botocore.config import Config

DEFAULT_ROLE = "AmazonSSMRoleForInstancesQuickSetup"


def handler(events: Mapping[str, str], context: object) -> dict[str, str]:
    """Return the outcome and the role to complete.

    NoRole: the node has none, so the default role is for it. DefaultRole, ExistingRole: it works
    with that role. Gone: the node is not registered any more.
    """
    retries = Config(retries={"mode": "standard", "max_attempts": 6})
    ssm = boto3.client("ssm", region_name=events["Region"], config=retries)
    nodes = ssm.describe_instance_information(
        Filters=[{"Key": "InstanceIds", "Values": [events["InstanceId"]]}]
    )["InstanceInformationList"]
    if not nodes:
        return {"Outcome": "Gone", "RoleName": ""}
    role = nodes[0].get("IamRole", "").rpartition("/")[2]
    if not role:
        return {"Outcome": "NoRole", "RoleName": DEFAULT_ROLE}
    return {"Outcome": "DefaultRole" if role == DEFAULT_ROLE else "ExistingRole", "RoleName": role}
