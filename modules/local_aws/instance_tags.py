"""Tags of instances: EC2 refuses those of an instance that is not there, and moto takes them.

Source: "Error codes for the Amazon EC2 API", InvalidInstanceID.NotFound.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from modules.local_aws import moto_backends
from modules.local_aws.call import Call, Operation, Result
from modules.local_aws.errors import AwsError

if TYPE_CHECKING:
    from modules.local_aws.state import State


def _check(_state: State, call: Call) -> Result | None:
    instances = moto_backends.ec2(call.place)
    for resource in call.parameters["Resources"]:
        if resource.startswith("i-") and instances.get_instance_by_id(resource) is None:
            raise AwsError(
                "InvalidInstanceID.NotFound", f"The instance ID '{resource}' does not exist"
            )
    return None


OPERATIONS: Mapping[str, Operation] = {"CreateTags": _check, "DeleteTags": _check}
