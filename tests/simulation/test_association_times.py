"""When associations run."""

from __future__ import annotations

import json
import time
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.simulation.associating import (
    EVERY_DAY,
    MARK,
    NOBODYS,
    associate,
    executions,
    mark,
    times,
)
from tests.simulation.fleets import PREFIX, SATURDAY, Simulation


def test_a_new_association_runs_at_once_and_then_on_schedule(small: Simulation) -> None:
    associate(small, ScheduleExpression=EVERY_DAY)
    expected = ["Sat 20:00 created", "Sun 01:00 schedule", "Mon 01:00 schedule"]
    assert times(small, hours=30) == expected


def test_one_that_waits_for_its_cron_time_does_not(small: Simulation) -> None:
    associate(small, ScheduleExpression=EVERY_DAY, ApplyOnlyAtCronInterval=True)
    assert times(small, hours=6) == ["Sun 01:00 schedule"]


def test_one_that_is_made_at_its_cron_time_runs_once_then(small: Simulation) -> None:
    associate(small, ScheduleExpression="cron(0 20 * * ? *)")
    assert times(small, hours=30) == ["Sat 20:00 created", "Sun 20:00 schedule"]


def test_a_rate_counts_from_the_last_change(small: Simulation) -> None:
    id_ = associate(small, ScheduleExpression="rate(12 hours)")
    assert times(small, hours=13) == ["Sat 20:00 created", "Sun 08:00 schedule"]
    name = {"AssociationName": f"{PREFIX}scan-a1b2c", "Parameters": {"Operation": ["Scan"]}}
    again = {**name, "ScheduleExpression": "rate(12 hours)"}
    targets = [{"Key": "InstanceIds", "Values": ["*"]}]
    small.call("ssm", "UpdateAssociation", AssociationId=id_, Targets=targets, **again)
    assert times(small, hours=13) == ["Sun 09:00 updated", "Sun 21:00 schedule"]


def test_an_offset_counts_in_days_from_the_day_of_the_cron_expression(small: Simulation) -> None:
    second_sunday: dict[str, Any] = {
        "ScheduleExpression": "cron(0 2 ? * SUN#2 *)",
        "ScheduleOffset": 3,
    }
    associate(small, ApplyOnlyAtCronInterval=True, **second_sunday)
    assert times(small, days=5) == ["Wed 02:00 schedule"]
    with pytest.raises(ClientError, match="ApplyOnlyAtCronInterval"):
        associate(small, **second_sunday)


def test_one_without_a_schedule_runs_once_and_on_request(small: Simulation) -> None:
    id_ = associate(small)
    assert times(small, days=3) == ["Sat 20:00 created"]
    small.call("ssm", "StartAssociationsOnce", AssociationIds=[id_])
    assert times(small, days=1) == ["Tue 20:00 once"]
    with pytest.raises(ClientError, match="AssociationDoesNotExist"):
        small.call("ssm", "StartAssociationsOnce", AssociationIds=[NOBODYS])


def test_a_new_default_version_of_its_document_runs_it(small: Simulation) -> None:
    mark(small, [{"Key": "ParameterValues", "Values": ["x"]}])
    content = json.dumps({**MARK, "description": "changed"})
    changed = small.call(
        "ssm", "UpdateDocument", Name="Mark", Content=content, DocumentVersion="$LATEST"
    )
    assert times(small, hours=1) == []
    version = changed["DocumentDescription"]["DocumentVersion"]
    small.call("ssm", "UpdateDocumentDefaultVersion", Name="Mark", DocumentVersion=version)
    assert times(small, hours=1) == ["Sat 21:00 document"]


def test_what_is_due_at_once_runs_in_the_order_in_which_it_was_made(small: Simulation) -> None:
    for name in ("second", "first"):
        associate(small, name, ScheduleExpression=EVERY_DAY, ApplyOnlyAtCronInterval=True)
    assert [ran.association for ran in small.forward(hours=6)] == ["second", "first"]


def test_a_deleted_association_runs_no_more(small: Simulation) -> None:
    id_ = associate(small, ScheduleExpression=EVERY_DAY)
    small.call("ssm", "DeleteAssociation", AssociationId=id_)
    assert small.forward(days=3) == []


def test_in_real_time_what_is_due_runs_by_itself(small: Simulation) -> None:
    small.aws.state.clock.run_from(SATURDAY)
    id_ = associate(small)
    small.aws.state.switches.associations_run_by_themselves = True
    ends = time.monotonic() + 10
    while not executions(small, id_) and time.monotonic() < ends:
        time.sleep(0.05)
    (execution,) = executions(small, id_)
    assert execution["ResourceCountByStatus"] == "{Pending=1, Success=3}"
    assert small.aws.state.clock.held is None


def test_nothing_runs_unless_the_clock_is_moved(small: Simulation) -> None:
    id_ = associate(small)
    time.sleep(0.6)
    assert executions(small, id_) == []
