"""Automation: lists of executions and of their steps."""

from __future__ import annotations

from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.local_aws.runbooks import Runbooks, failing, nap, over, started


def test_steps_are_listed_and_filtered(runbooks: Runbooks) -> None:
    ssm = runbooks.client("ssm")
    execution_id = started(ssm, runbooks.document([nap("one"), nap("two"), failing("three")]))
    over(ssm, execution_id)

    def names(**more: Any) -> list[str]:
        answer = ssm.describe_automation_step_executions(AutomationExecutionId=execution_id, **more)
        return [each["StepName"] for each in answer["StepExecutions"]]

    assert names() == ["one", "two", "three"]
    assert names(ReverseOrder=True, MaxResults=1) == ["three"]
    assert names(Filters=[{"Key": "StepExecutionStatus", "Values": ["Failed"]}]) == ["three"]
    assert names(Filters=[{"Key": "Action", "Values": ["aws:sleep"]}]) == ["one", "two"]


def test_executions_are_listed_and_filtered(runbooks: Runbooks) -> None:
    ssm = runbooks.client("ssm")
    first = started(ssm, runbooks.document([nap("one")]))
    tags = [{"Key": "Team", "Value": "blue"}]
    second = started(ssm, runbooks.document([failing("one")]), Tags=tags)
    for each in (first, second):
        over(ssm, each)

    def found(**more: Any) -> list[str]:
        answer = ssm.describe_automation_executions(**more)
        return [e["AutomationExecutionId"] for e in answer["AutomationExecutionMetadataList"]]

    assert found() == [second, first]
    for key, value in (
        ("ExecutionStatus", "Failed"),
        ("DocumentNamePrefix", "Runbook-1"),
        ("ExecutionId", second),
        ("TagKey", "Team"),
    ):
        assert found(Filters=[{"Key": key, "Values": [value]}]) == [second]
    for key in ("OpsItemId", "AutomationSubtype", "TargetResourceGroup"):
        assert found(Filters=[{"Key": key, "Values": ["ChangeRequest"]}]) == []
    named = {"ResourceType": "Automation", "ResourceId": second}
    assert ssm.list_tags_for_resource(**named)["TagList"] == tags


@pytest.mark.parametrize("zone", ["", "Z", "+09:00"])
def test_a_time_in_a_filter_is_in_utc_unless_it_says_otherwise(
    zone: str, runbooks: Runbooks
) -> None:
    ssm = runbooks.client("ssm")
    each = {"AutomationExecutionId": started(ssm, runbooks.document([nap("one")]))}
    over(ssm, each["AutomationExecutionId"])
    for key, year, count in (("After", 2020, 1), ("After", 2100, 0), ("Before", 2100, 1)):
        given = [{"Key": f"StartTime{key}", "Values": [f"{year}-01-01T00:00:00{zone}"]}]
        listed = ssm.describe_automation_executions(Filters=given)
        assert len(listed["AutomationExecutionMetadataList"]) == count
        steps = ssm.describe_automation_step_executions(**each, Filters=given)
        assert len(steps["StepExecutions"]) == count
    for call, more in (
        (ssm.describe_automation_executions, {}),
        (ssm.describe_automation_step_executions, each),
    ):
        with pytest.raises(ClientError, match="InvalidFilterValue"):
            call(**more, Filters=[{"Key": "StartTimeAfter", "Values": ["noon"]}])
