"""DeleteObjects: each object by the permission for it, the others stay and are told as errors.

Source: API reference of DeleteObjects ("The response ... for each object": Deleted or Error).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from modules.local_aws import moto_backends
from modules.local_aws.authorization import denial
from modules.local_aws.bucket_policies import find
from modules.local_aws.call import Call, Operation, Result
from modules.local_aws.permissions import may
from modules.local_aws.s3_needs import object_need

if TYPE_CHECKING:
    from modules.local_aws.state import State

Object = Mapping[str, Any]


def _delete_objects(state: State, call: Call) -> Result:
    bucket, asked = find(call), call.parameters["Delete"]
    doomed: list[Object] = []
    errors: list[dict[str, str]] = []
    for each in asked["Objects"]:
        need = object_need(bucket.name, each["Key"], "DeleteObject", versioned="VersionId" in each)
        if may(state, call.principal, need, call.region):
            doomed.append(each)
        else:
            errors.append(_error(each, denial(call.principal, need)))
    bypass = call.parameters.get("BypassGovernanceRetention", False)
    deleted, locked = moto_backends.delete_objects(bucket, doomed, bypass=bypass)
    errors += [_error(each, "The object is protected by object lock.") for each in locked]
    return {"Deleted": [] if asked.get("Quiet") else deleted, "Errors": errors}


def _error(each: Object, message: str) -> dict[str, str]:
    named = {name: each[name] for name in ("Key", "VersionId") if name in each}
    return {**named, "Code": "AccessDenied", "Message": message}


OPERATIONS: Mapping[str, Operation] = {"DeleteObjects": _delete_objects}
