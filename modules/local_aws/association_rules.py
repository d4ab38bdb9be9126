"""What State Manager refuses.

Sources: API reference of CreateAssociation and UpdateAssociation; "About targets and rate controls
in State Manager associations", "Running automations at scale" (map targets) and "Cron and rate
expressions" in the Systems Manager User Guide. The texts are AWS's where an issue quotes them.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from modules.local_aws.call import Parameters
from modules.local_aws.documents import Document
from modules.local_aws.errors import AwsError
from modules.local_aws.java_patterns import compiled
from modules.policy.schedule import check_schedule

# An Automation parameter holds at most 512 characters (API reference, AutomationParameterValue).
AUTOMATION_VALUE_LENGTH = 512

_COMMAND_TARGETS = re.compile(
    r"InstanceIds|tag:.+|tag-key|resource-groups:(Name|ResourceTypeFilters)"
)
_AUTOMATION_TARGETS = re.compile(r"InstanceIds|ParameterValues|ResourceGroup|tag:.+|tag-key")


def check(parameters: Parameters, document: Document) -> None:
    """Raise the AwsError for whatever State Manager does not accept of a request."""
    if document.type not in {"Automation", "Command", "Policy"}:
        raise AwsError("InvalidDocument", f"Document type {document.type} has no associations.")
    check_targets(parameters, document)
    check_parameters(parameters, document)
    check_schedule_settings(parameters)


def check_targets(parameters: Parameters, document: Document) -> None:
    """Targets fit the document: Automation names the parameter for them, Command needs some."""
    targets: Sequence[Mapping[str, Any]] = parameters.get("Targets", ())
    if not document.is_automation:
        if not targets and "InstanceId" not in parameters:
            raise AwsError("InvalidTarget", "A Command document needs targets.")
        _check_keys(targets, _COMMAND_TARGETS)
        return
    # hashicorp/terraform-provider-aws#41251 and #22935 quote code and text.
    named = parameters.get("AutomationTargetParameterName")
    maps: Sequence[Mapping[str, Any]] = parameters.get("TargetMaps", ())
    if bool(named) != bool(targets or maps):
        raise AwsError(
            "ValidationException",
            "Must specify both Automation Target Parameter Name and Targets",
        )
    if named:
        check_runbook_targets(targets, maps, named, document)


def check_runbook_targets(
    targets: Sequence[Mapping[str, Any]],
    maps: Sequence[Mapping[str, Any]],
    named: str,
    document: Document,
) -> None:
    """Targets of a runbook are of a kind that there is, and for parameters that it has."""
    if targets and maps:
        raise AwsError("InvalidTarget", "Targets and TargetMaps can't be specified together.")
    _check_keys(targets, _AUTOMATION_TARGETS)
    if len(targets) > 1:  # "you can specify only one tag ... or one resource group"
        raise AwsError("InvalidTarget", "An automation has one target at most.")
    for parameter in sorted({named}.union(*maps) - document.parameters.keys()):
        raise _invalid(f'Parameter "{parameter}" is not defined in the document.')
    if any(named not in each for each in maps):
        raise AwsError("InvalidTargetMaps", f"Every target map needs a value for {named}.")


def _check_keys(targets: Sequence[Mapping[str, Any]], allowed: re.Pattern[str]) -> None:
    for target in targets:
        # hashicorp/terraform-provider-aws#15895 quotes code and text.
        if not allowed.fullmatch(target["Key"]):
            raise AwsError("InvalidTarget", f"Unsupported Target Type: {target['Key']}")


def check_parameters(parameters: Parameters, document: Document) -> None:
    """Parameters are declared, present where required, and of an allowed value."""
    given: Mapping[str, list[str]] = parameters.get("Parameters", {})
    unknown = sorted(set(given) - set(document.parameters))
    if unknown:
        names = ", ".join(unknown)
        raise _invalid(f'Parameter "{names}" is not defined in document {document.name}.')
    supplied = {*given, parameters.get("AutomationTargetParameterName")}
    supplied = supplied.union(*parameters.get("TargetMaps", ()))
    for name, declared in document.parameters.items():
        # hashicorp/terraform-provider-aws#35908 quotes code and text.
        if name not in supplied and "default" not in declared:
            raise _invalid(f'Parameter "{name}" requires a value.')
    for name, values in given.items():
        _check_values(name, values, document)


def _check_values(name: str, values: list[str], document: Document) -> None:
    declared = document.parameters[name]
    if declared["type"] not in {"StringList", "MapList"} and len(values) != 1:
        raise _invalid(f'Parameter "{name}" takes one value, got {len(values)}.')
    allowed = [str(value) for value in declared.get("allowedValues", ())]
    pattern = compiled(declared["allowedPattern"]) if "allowedPattern" in declared else None
    for value in values:
        if document.is_automation and len(value) > AUTOMATION_VALUE_LENGTH:
            raise AwsError(
                "ValidationException",
                f"Parameter {name} is {len(value)} characters long; an Automation parameter's "
                f"value must have length less than or equal to {AUTOMATION_VALUE_LENGTH}.",
            )
        if allowed and value not in allowed:
            raise _invalid(f'Parameter "{name}" has value "{value}" not found in {allowed}.')
        if pattern is not None and not pattern.search(value):
            wanted = declared["allowedPattern"]
            raise _invalid(f'Parameter "{name}" has value "{value}" not matching "{wanted}".')


def _invalid(message: str) -> AwsError:
    return AwsError("InvalidParameters", message)


def check_schedule_settings(parameters: Parameters) -> None:
    """The schedule is one that State Manager runs, and fits the settings that go with it."""
    expression = parameters.get("ScheduleExpression")
    waits = parameters.get("ApplyOnlyAtCronInterval", False)
    if waits and (expression is None or not expression.startswith("cron(")):
        # "This parameter is not supported for rate expressions" (API reference).
        raise AwsError("ValidationException", "ApplyOnlyAtCronInterval needs a cron expression.")
    if "ScheduleOffset" in parameters and not waits:
        # "To use offsets, you must specify the ApplyOnlyAtCronInterval parameter" (same page).
        raise AwsError("ValidationException", "ScheduleOffset needs ApplyOnlyAtCronInterval.")
    problem = check_schedule(expression) if expression is not None else None
    if problem:
        raise AwsError("InvalidSchedule", problem)
