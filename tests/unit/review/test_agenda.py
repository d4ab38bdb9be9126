"""The calendar of four weeks, before and after the apply."""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta
from typing import Any

from modules.review.fleet import Fleet, Node
from modules.review.render import html
from modules.review.report import CalendarEntry, Report
from modules.review.review import review
from tests.unit.review.labelled import CLOCK, START
from tests.unit.review.plans_by_hand import SCAN, plan_of, report_of, resource

INSTALL = {
    **SCAN,
    "schedule_expression": "cron(0 2 ? * SUN *)",
    "parameters": {"Operation": "Install", "RebootOption": "NoReboot"},
}


def kinds(report: Report) -> Counter[tuple[str, str, bool]]:
    return Counter((each.operation, each.when, each.reboots) for each in report.calendar)


def test_a_run_that_stays_is_there_once() -> None:
    report = report_of(resource(SCAN, {**SCAN, "max_errors": "1%"}))
    assert kinds(report) == {("Scan", "both", False): 28}
    assert [each.start for each in report.calendar][:1] == [START + timedelta(hours=13)]


def test_a_schedule_that_moves_is_there_as_it_was_and_as_it_is() -> None:
    moved = {**INSTALL, "schedule_expression": "cron(0 2 ? * SAT *)"}
    report = report_of(resource(INSTALL, moved))
    assert kinds(report) == {("Install", "before", False): 4, ("Install", "after", False): 4}


def test_reboots_that_begin_are_a_difference_of_the_same_times() -> None:
    reboots = {**INSTALL, "parameters": {"Operation": "Install"}}
    report = report_of(resource(INSTALL, reboots))
    assert kinds(report) == {("Install", "before", False): 4, ("Install", "after", True): 4}


def test_what_is_removed_is_only_before() -> None:
    report = report_of(resource(INSTALL, None, actions=("delete",)))
    assert kinds(report) == {("Install", "before", False): 4}


def test_what_runs_all_day_or_at_no_fixed_time_is_left_to_words() -> None:
    for schedule in ("cron(0/30 * * * ? *)", "rate(1 day)", None):
        given = {**SCAN, "schedule_expression": schedule}
        assert report_of(resource(None, given, actions=("create",))).calendar == ()


def test_four_times_a_day_is_still_a_calendar() -> None:
    given = {**SCAN, "schedule_expression": "cron(0 0/8 * * ? *)"}
    report = report_of(resource(None, given, actions=("create",)))
    assert len(report.calendar) == 28 * 3


def test_with_a_fleet_a_run_has_its_latest_end() -> None:
    nodes = tuple(Node(id=f"i-{n:017x}", tags={"Env": "prod"}) for n in range(20))
    given: dict[str, Any] = resource(None, SCAN, actions=("create",))
    report = review(plan_of(given), CLOCK, "plan.json", {}, Fleet(nodes=nodes))
    first: CalendarEntry = report.calendar[0]
    end: datetime = first.start + timedelta(hours=10 * 3)
    assert first.end == end


def test_runs_are_in_their_order() -> None:
    other = {**resource(None, INSTALL, actions=("create",)), "address": "aws_ssm_association.b"}
    report = report_of(resource(None, SCAN, actions=("create",)), other)
    starts = [each.start for each in report.calendar]
    assert starts == sorted(starts)
    assert starts[-1] < START + timedelta(weeks=4)


def test_the_page_names_what_the_calendar_has_no_place_for() -> None:
    often = {**INSTALL, "schedule_expression": "cron(0 0/4 * * ? *)"}
    page = html.render(report_of(resource(None, often, actions=("create",))))
    assert "Not in the calendar" in page
    assert "every 4 hours, on each day from 00:00 UTC" in page
    weekly = html.render(report_of(resource(None, INSTALL, actions=("create",))))
    assert "Not in the calendar" not in weekly
