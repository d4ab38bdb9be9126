"""The State Manager operations: associations are created, described, changed and removed."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from modules.local_aws.association_rules import check
from modules.local_aws.associations import (
    Association,
    Version,
    describe,
    settings_of,
)
from modules.local_aws.call import Call, Operation, Result
from modules.local_aws.documents import find_document
from modules.local_aws.errors import AwsError
from modules.local_aws.paging import page
from modules.local_aws.state_manager.executions import RequestedExecution

if TYPE_CHECKING:
    from modules.local_aws.state import State

QUOTA = 2000  # associations of an account in a region: "AWS Systems Manager endpoints and quotas"


_NOT_IN_VERSIONS = frozenset({"AlarmConfiguration", "InstanceId"})
_IN_LISTS = frozenset(
    {
        "AssociationName",
        "DocumentVersion",
        "Duration",
        "InstanceId",
        "LastExecutionDate",
        "Name",
        "ScheduleExpression",
        "ScheduleOffset",
        "TargetMaps",
        "Targets",
    }
)


def _record(
    state: State, association: Association, reason: str, settings: Mapping[str, Any]
) -> None:
    """Add a version, and the run that it brings about.

    A new or changed association runs at once, unless it waits for its cron time (API reference,
    ApplyOnlyAtCronInterval; "About State Manager").
    """
    number = len(association.versions) + 1
    association.versions.append(Version(number=number, settings=settings, created=state.now()))
    association.scheduled = None
    if not settings["ApplyOnlyAtCronInterval"]:
        association.owed.append(
            RequestedExecution(reason=reason, version=number, requested=state.now())
        )


def _create(state: State, call: Call) -> Result:
    here = state.associations.at(call.place)
    if len(here) >= QUOTA:
        raise AwsError("AssociationLimitExceeded", f"You can have at most {QUOTA} associations.")
    document = find_document(
        state, call.place, call.parameters["Name"], call.parameters.get("DocumentVersion")
    )
    check(call.parameters, document)
    association = Association(id=str(uuid.uuid4()), versions=[])
    _record(state, association, "created", settings_of(call.parameters, document))
    here[association.id] = association
    state.tags.put(call.place, "Association", association.id, call.parameters.get("Tags", ()))
    return {"AssociationDescription": describe(association)}


def _update(state: State, call: Call) -> Result:
    association = state.associations.find(call)
    parameters = {"Name": association.settings["Name"], **call.parameters}
    document = find_document(
        state, call.place, parameters["Name"], parameters.get("DocumentVersion")
    )
    check(parameters, document)
    _record(state, association, "updated", settings_of(parameters, document))
    return {"AssociationDescription": describe(association)}


def _describe(state: State, call: Call) -> Result:
    association = state.associations.find(call)
    versions = {str(v.number): v for v in association.versions}
    versions["$LATEST"] = association.current
    wanted = versions.get(call.parameters.get("AssociationVersion", "$LATEST"))
    if wanted is None:
        raise AwsError(
            "InvalidAssociationVersion",
            "The version you specified is not valid. Use ListAssociationVersions to view all "
            "versions of an association according to the association ID.",
        )
    return {"AssociationDescription": describe(association, wanted)}


def _delete(state: State, call: Call) -> Result:
    association = state.associations.find(call)
    del state.associations.at(call.place)[association.id]
    state.tags.forget(call.place, "Association", association.id)
    return {}


def _list(state: State, call: Call) -> Result:
    filters = call.parameters.get("AssociationFilterList", ())
    chosen = [
        {
            **{key: value for key, value in described.items() if key in _IN_LISTS},
            "AssociationId": described["AssociationId"],
            "AssociationVersion": described["AssociationVersion"],
            "Overview": described["Overview"],
        }
        for described in map(describe, state.associations.at(call.place).values())
        if all(_passes(described, f["key"], f["value"]) for f in filters)
    ]
    return page("Associations", chosen, call.parameters)


def _passes(described: Mapping[str, Any], key: str, value: str) -> bool:
    if key == "AssociationStatusName":
        return bool(described["Overview"]["Status"] == value)
    if key == "ResourceGroupName":
        return any(value in t["Values"] for t in described.get("Targets", ()))
    return bool(described.get(key) == value)


def _list_versions(state: State, call: Call) -> Result:
    association = state.associations.find(call)
    versions = [
        {
            **{k: v for k, v in version.settings.items() if k not in _NOT_IN_VERSIONS},
            "AssociationId": association.id,
            "AssociationVersion": str(version.number),
            "CreatedDate": version.created,
        }
        for version in reversed(association.versions)
    ]
    return page("AssociationVersions", versions, call.parameters)


OPERATIONS: Mapping[str, Operation] = {
    "CreateAssociation": _create,
    "DeleteAssociation": _delete,
    "DescribeAssociation": _describe,
    "ListAssociations": _list,
    "ListAssociationVersions": _list_versions,
    "UpdateAssociation": _update,
}
