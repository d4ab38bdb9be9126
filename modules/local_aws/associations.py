"""State Manager associations: created, described, changed and removed.

An association's settings are what its last CreateAssociation or UpdateAssociation gave: "when you
update an association, the association's optional parameters that you do not specify are nulled"
(API reference, UpdateAssociation). What is refused stands in `association_rules`.
"""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

from modules.local_aws.association_rules import check
from modules.local_aws.call import Call, Operation, Parameters, Result
from modules.local_aws.documents import Document, find_document
from modules.local_aws.errors import AwsError
from modules.local_aws.paging import page
from modules.policy.schedule import is_rate, next_runs

if TYPE_CHECKING:
    from modules.local_aws.state import State

QUOTA = 2000  # associations of an account in a region: "AWS Systems Manager endpoints and quotas"

# What DescribeAssociation reports of an Automation association that was given no targets
# (hashicorp/terraform-provider-aws#32471), and UpdateAssociation then refuses (#41251).
NO_OP_TARGET = {"Key": "aws:NoOpAutomationTag", "Values": ["AWS-NoOpAutomationTarget-Value"]}

# The members that CreateAssociation's request and AssociationDescription share (botocore's model).
SETTINGS = (
    "AlarmConfiguration",
    "ApplyOnlyAtCronInterval",
    "AssociationDispatchAssumeRole",
    "AssociationName",
    "AutomationTargetParameterName",
    "CalendarNames",
    "ComplianceSeverity",
    "DocumentVersion",
    "Duration",
    "InstanceId",
    "MaxConcurrency",
    "MaxErrors",
    "Name",
    "OutputLocation",
    "Parameters",
    "ScheduleExpression",
    "ScheduleOffset",
    "SyncCompliance",
    "TargetLocations",
    "TargetMaps",
    "Targets",
)
_NOT_IN_VERSIONS = frozenset({"AlarmConfiguration", "InstanceId"})
_IN_LISTS = frozenset(
    {
        "AssociationName",
        "DocumentVersion",
        "Duration",
        "InstanceId",
        "Name",
        "ScheduleExpression",
        "ScheduleOffset",
        "TargetMaps",
        "Targets",
    }
)


@dataclass(frozen=True, kw_only=True)
class Version:
    """One version of an association: what was asked for, and when."""

    number: int
    settings: Mapping[str, Any]
    created: datetime


@dataclass(frozen=True, kw_only=True)
class RequestedExecution:
    """A run that State Manager owes an association; `reason` is `created` or `updated`."""

    reason: str
    version: int
    requested: datetime


@dataclass
class Association:
    """An association with all its versions, the current one last."""

    id: str
    versions: list[Version]
    executions: list[RequestedExecution] = field(default_factory=list)

    @property
    def current(self) -> Version:
        """The version in force."""
        return self.versions[-1]

    @property
    def settings(self) -> Mapping[str, Any]:
        """What is in force, by botocore's names."""
        return self.current.settings


@dataclass
class Associations:
    """All associations, by account and region, then by ID."""

    by_place: dict[tuple[str, str], dict[str, Association]] = field(
        default_factory=lambda: defaultdict(dict)
    )

    def at(self, place: tuple[str, str]) -> dict[str, Association]:
        """The associations of an account in a region."""
        return self.by_place[place]

    def find(self, call: Call) -> Association:
        """The association that a call names; AssociationDoesNotExist."""
        wanted = call.parameters.get("AssociationId")
        found = self.at(call.place).get(wanted or self._legacy_id(call))
        if found is None:
            raise AwsError("AssociationDoesNotExist", "The specified association does not exist.")
        return found

    def _legacy_id(self, call: Call) -> str:
        """The ID of the association of a document with one instance: the form before IDs."""
        wanted = (call.parameters.get("Name"), call.parameters.get("InstanceId"))
        all_here = self.at(call.place).values()
        return next(
            (
                a.id
                for a in all_here
                if (a.settings["Name"], a.settings.get("InstanceId")) == wanted
            ),
            "",
        )


def next_run(association: Association, now: datetime) -> datetime | None:
    """When State Manager runs an association next on its schedule; None if it has none.

    A rate counts from the last change, and is not fixed to a time of day.
    """
    expression = association.settings.get("ScheduleExpression")
    if expression is None:
        return None
    if not is_rate(expression):
        return next_runs(expression, now, 1)[0]
    times = next_runs(expression, association.current.created, 2)
    interval = times[1] - times[0]
    elapsed = (now - association.current.created) // interval
    return association.current.created + interval * (elapsed + 1)


def settings_of(parameters: Parameters, document: Document) -> dict[str, Any]:
    """The settings in a request; DocumentVersion has the default that AWS reports."""
    given = {key: parameters[key] for key in SETTINGS if key in parameters}
    without_targets = not {"Targets", "TargetMaps", "InstanceId"} & given.keys()
    fake = {"Targets": [NO_OP_TARGET]} if document.is_automation and without_targets else {}
    defaults = {"DocumentVersion": "$DEFAULT", "ApplyOnlyAtCronInterval": False}
    return defaults | given | fake


def describe(association: Association, version: Version | None = None) -> dict[str, Any]:
    """An AssociationDescription, of the current version unless another is named."""
    shown = version or association.current
    owed = association.executions
    is_new = bool(owed) and owed[-1].reason == "created"
    return {
        **shown.settings,
        "AssociationId": association.id,
        "AssociationVersion": str(shown.number),
        "Date": association.versions[0].created,
        "LastUpdateAssociationDate": shown.created,
        "Overview": {
            "Status": "Pending",
            "DetailedStatus": "Creating" if is_new else "Associated",
        },
    }


def _record(
    state: State, association: Association, reason: str, settings: Mapping[str, Any]
) -> None:
    """Add a version, and the run that it brings about.

    A new or changed association runs at once, unless it waits for its cron time (API reference,
    ApplyOnlyAtCronInterval; "About State Manager").
    """
    number = len(association.versions) + 1
    association.versions.append(Version(number=number, settings=settings, created=state.now()))
    if not settings["ApplyOnlyAtCronInterval"]:
        association.executions.append(
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
