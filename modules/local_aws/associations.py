"""State Manager associations: what one is, and where they are kept.

An association's settings are what its last CreateAssociation or UpdateAssociation gave: "when you
update an association, the association's optional parameters that you do not specify are nulled"
(API reference, UpdateAssociation). What is refused stands in `association_rules`, and the API's
operations in `association_operations`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from modules.local_aws.call import Call, Parameters
from modules.local_aws.documents import Document
from modules.local_aws.errors import AwsError
from modules.local_aws.state_manager.executions import (
    PENDING,
    SUCCESS,
    Execution,
    RequestedExecution,
)
from modules.policy.schedule import is_rate, next_runs

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


@dataclass(frozen=True, kw_only=True)
class Version:
    """One version of an association: what was asked for, and when."""

    number: int
    settings: Mapping[str, Any]
    created: datetime


@dataclass
class Association:
    """An association with all its versions, the current one last.

    `owed` are the runs to come, but for those on schedule: the next of these is at `scheduled`,
    None until it is looked up. `reached` are the targets of the runs since the last change.
    """

    id: str
    versions: list[Version]
    owed: list[RequestedExecution] = field(default_factory=list)
    history: list[Execution] = field(default_factory=list)
    scheduled: datetime | None = None
    last_run: datetime | None = None
    reached: set[str] = field(default_factory=set)

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

    A rate counts from the last change, and is not fixed to a time of day. ScheduleOffset is the
    number of days after the day of the cron expression (API reference, CreateAssociation).
    """
    expression = association.settings.get("ScheduleExpression")
    if expression is None:
        return None
    if not is_rate(expression):
        offset = timedelta(days=association.settings.get("ScheduleOffset", 0))
        return next_runs(expression, now - offset, 1)[0] + offset
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
    return {
        **shown.settings,
        "AssociationId": association.id,
        "AssociationVersion": str(shown.number),
        "Date": association.versions[0].created,
        "LastUpdateAssociationDate": shown.created,
        **_last_runs(association),
        "Overview": _overview(association),
    }


def _last_runs(association: Association) -> dict[str, datetime]:
    succeeded = [each for each in association.history if each.status == SUCCESS]
    last = {"LastExecutionDate": association.history[-1].created} if association.history else {}
    return last | ({"LastSuccessfulExecutionDate": succeeded[-1].created} if succeeded else {})


def _overview(association: Association) -> dict[str, Any]:
    """The status of the last run; one without targets has not done anything yet."""
    last = next((each for each in reversed(association.history) if each.targets), None)
    if last is None:
        is_new = bool(association.owed) and association.owed[-1].reason == "created"
        return {"Status": PENDING, "DetailedStatus": "Creating" if is_new else "Associated"}
    return {
        "Status": last.status,
        "DetailedStatus": last.status,
        "AssociationStatusAggregatedCount": dict(last.counts),
    }
