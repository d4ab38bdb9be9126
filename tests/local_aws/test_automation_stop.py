"""Automation: executions that are stopped, and what of them still runs."""

from __future__ import annotations

import time
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.local_aws.runbooks import (
    ACCOUNT,
    REGION,
    Runbooks,
    Step,
    failing,
    nap,
    over,
    script,
    started,
    step,
)

CLEAN = step("clean", "executeAwsApi", Service="iam", Api="ListRoles")
HOUR = nap("hour", 3600)


@pytest.fixture(autouse=True)
def really(runbooks: Runbooks) -> None:
    """Executions that really wait, so that they can be stopped."""
    runbooks.aws.state.switches.automations_wait_really = True


def reached(runbooks: Runbooks, name: str) -> str:
    """The ID of the execution that is at a step of that name, as soon as one is."""
    ends = time.monotonic() + 20
    while time.monotonic() < ends:
        for each in list(runbooks.aws.state.automation.at((ACCOUNT, REGION)).values()):
            if each.current and each.current.name == name:
                return each.id
        time.sleep(0.01)
    raise TimeoutError(name)


def stopped(runbooks: Runbooks, *steps: Step, at: str = "hour", **how: str) -> dict[str, Any]:
    """An execution that is stopped at a step, when it is over."""
    ssm = runbooks.client("ssm")
    execution_id = started(ssm, runbooks.document(steps))
    reached(runbooks, at)
    ssm.stop_automation_execution(AutomationExecutionId=execution_id, **how)
    return over(ssm, execution_id)


def outcome(execution: dict[str, Any]) -> tuple[str, dict[str, str]]:
    """The status of an execution, and those of its steps by name."""
    steps = {s["StepName"]: s["StepStatus"] for s in execution["StepExecutions"]}
    return execution["AutomationExecutionStatus"], steps


def test_an_execution_is_stopped(runbooks: Runbooks) -> None:
    execution = stopped(runbooks, HOUR, nap("after"))
    assert outcome(execution) == ("Cancelled", {"hour": "Cancelled"})
    with pytest.raises(ClientError, match="InvalidAutomationStatusUpdateException"):
        runbooks.client("ssm").stop_automation_execution(
            AutomationExecutionId=execution["AutomationExecutionId"]
        )


def test_a_stopped_step_can_clean_up(runbooks: Runbooks) -> None:
    execution = stopped(runbooks, {**HOUR, "onCancel": "step:clean"}, nap("after"), CLEAN)
    assert outcome(execution) == ("Cancelled", {"hour": "Cancelled", "clean": "Success"})


def test_cleaning_up_takes_two_minutes_at_most(runbooks: Runbooks) -> None:
    steps = [CLEAN, nap("minute", 60), nap("second minute", 61), nap("after")]
    execution = stopped(runbooks, {**HOUR, "onCancel": "step:clean"}, *steps)
    ended = {"clean": "Success", "minute": "Success", "second minute": "Cancelled"}
    assert outcome(execution) == ("Cancelled", {"hour": "Cancelled", **ended})


def test_a_step_of_a_loop_can_clean_up_and_the_loop_ends(runbooks: Runbooks) -> None:
    inside = [{**HOUR, "onCancel": "step:clean"}, nap("mid"), CLEAN]
    execution = stopped(
        runbooks, step("loop", "loop", Iterators=["a", "b"], Steps=inside), nap("after")
    )
    ended = {"loop": "Cancelled", "hour": "Cancelled", "clean": "Success"}
    assert outcome(execution) == ("Cancelled", ended)


def test_a_script_is_stopped(runbooks: Runbooks) -> None:
    spin = script("spin", "def handler(e, c):\n    while True: pass\n")
    assert stopped(runbooks, spin, at="spin")["AutomationExecutionStatus"] == "Cancelled"


def test_what_an_execution_executes_is_stopped_with_it(runbooks: Runbooks) -> None:
    child = runbooks.document([HOUR, nap("after")])
    execution = stopped(runbooks, step("call", "executeAutomation", DocumentName=child))
    assert outcome(execution) == ("Cancelled", {"call": "Cancelled"})
    below = over(runbooks.client("ssm"), reached(runbooks, "hour"))
    assert outcome(below) == ("Cancelled", {"hour": "Cancelled"})


def test_an_execution_fails_when_what_it_executes_is_stopped(runbooks: Runbooks) -> None:
    child = runbooks.document([HOUR])
    ssm = runbooks.client("ssm")
    call = step("call", "executeAutomation", DocumentName=child)
    execution_id = started(ssm, runbooks.document([call]))
    ssm.stop_automation_execution(AutomationExecutionId=reached(runbooks, "hour"))
    assert outcome(over(ssm, execution_id)) == ("Failed", {"call": "Failed"})


def test_complete_lets_the_step_end(runbooks: Runbooks) -> None:
    execution = stopped(runbooks, nap("second"), nap("after"), at="second", Type="Complete")
    assert outcome(execution) == ("Success", {"second": "Success"})
    took = execution["ExecutionEndTime"] - execution["ExecutionStartTime"]
    assert took.total_seconds() >= 1


def test_complete_ends_a_loop_with_the_step_that_it_is_at(runbooks: Runbooks) -> None:
    loop = step("loop", "loop", Iterators=["a", "b"], Steps=[nap("second"), nap("mid")])
    execution = stopped(runbooks, loop, nap("after"), at="second", Type="Complete")
    assert outcome(execution) == ("Success", {"loop": "Success", "second": "Success"})


def test_complete_leaves_a_failure_what_it_is(runbooks: Runbooks) -> None:
    steps = [failing("first", onFailure="step:second"), nap("second"), nap("after")]
    execution = stopped(runbooks, *steps, at="second", Type="Complete")
    assert outcome(execution) == ("Failed", {"first": "Failed", "second": "Success"})


@pytest.mark.parametrize(
    ("how", "status", "child"),
    [("Cancel", "Cancelled", {"CancelledSteps": 1}), ("Complete", "Success", {"SuccessSteps": 1})],
)
def test_no_target_is_begun_after_a_stop(
    how: str, status: str, child: dict[str, int], runbooks: Runbooks
) -> None:
    ssm = runbooks.client("ssm")
    name = runbooks.document([nap("second")], parameters={"Value": {"type": "String"}})
    targets = [{"Key": "ParameterValues", "Values": ["a", "b", "c"]}]
    execution_id = started(
        ssm, name, TargetParameterName="Value", Targets=targets, MaxErrors="100%"
    )
    reached(runbooks, "second")
    ssm.stop_automation_execution(AutomationExecutionId=execution_id, Type=how)
    execution = over(ssm, execution_id)
    assert execution["AutomationExecutionStatus"] == status
    counted = {name: n for name, n in execution["ProgressCounters"].items() if n}
    assert counted == {"TotalSteps": 1, **child}
