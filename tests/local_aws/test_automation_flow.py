"""Automation: from step to step."""

from __future__ import annotations

from typing import Any

import pytest

from modules.local_aws.automation.conditions import holds
from modules.local_aws.automation.references import Names, resolve
from tests.local_aws.runbooks import (
    ACCOUNT,
    REGION,
    Runbooks,
    branch,
    failing,
    nap,
    ran,
    script,
    step,
)


def test_steps_run_in_the_order_of_the_document(runbooks: Runbooks) -> None:
    execution = runbooks.run([nap("one"), nap("two")])
    assert (execution.status, ran(execution)) == ("Success", ["one", "two"])


def test_a_step_names_the_next_one(runbooks: Runbooks) -> None:
    execution = runbooks.run([nap("one", nextStep="three"), nap("two"), nap("three")])
    assert ran(execution) == ["one", "three"]
    assert execution.steps[0].valid_next_steps == ["three"]


def test_a_step_can_be_the_end(runbooks: Runbooks) -> None:
    assert ran(runbooks.run([nap("one", isEnd=True), nap("two")])) == ["one"]


def test_an_end_is_the_end_when_it_fails_as_well(runbooks: Runbooks) -> None:
    """ "The automation stops if the step execution failed or succeeded." """
    steps = [failing("one", isEnd=True, onFailure="Continue"), nap("two")]
    assert ran(runbooks.run(steps)) == ["one"]


def test_a_failure_aborts_and_is_named(runbooks: Runbooks) -> None:
    execution = runbooks.run([failing("one"), nap("two")])
    assert (execution.status, ran(execution)) == ("Failed", ["one"])
    assert "NoSuchEntity" in execution.failure_message
    assert "GetRole operation" in execution.failure_message
    assert execution.steps[0].failure_type == "NoSuchEntity"


def test_a_failure_that_does_not_matter(runbooks: Runbooks) -> None:
    """With onFailure Continue a step is not critical, unless it says so."""
    execution = runbooks.run([failing("one", onFailure="Continue"), nap("two")])
    assert (execution.status, ran(execution)) == ("Success", ["one", "two"])
    critical = runbooks.run([failing("one", onFailure="Continue", isCritical=True), nap("two")])
    assert (critical.status, ran(critical)) == ("Failed", ["one", "two"])


def test_a_failure_goes_on_with_the_step_that_it_names(runbooks: Runbooks) -> None:
    steps = [failing("one", onFailure="step:three", nextStep="two"), nap("two"), nap("three")]
    execution = runbooks.run(steps)
    assert (execution.status, ran(execution)) == ("Failed", ["one", "three"])
    steps[0]["isCritical"] = False
    assert runbooks.run(steps).status == "Success"


def test_attempts_are_made_until_one_succeeds(runbooks: Runbooks) -> None:
    flaky = script(
        "flaky",
        "import boto3\n"
        "def handler(events, context):\n"
        "    ssm = boto3.client('ssm')\n"
        "    made = len(ssm.describe_parameters()['Parameters'])\n"
        "    ssm.put_parameter(Name=f'p{made}', Value='x', Type='String')\n"
        "    return 1 / made\n",
        maxAttempts=3,
    )
    role = runbooks.role()
    execution = runbooks.run([flaky], assumeRole=role)
    assert (execution.status, execution.steps[0].attempts) == ("Success", 2)
    assert execution.steps[0].failure_message == ""


def test_a_step_fails_when_all_its_attempts_have(runbooks: Runbooks) -> None:
    execution = runbooks.run([failing("one", maxAttempts=3)])
    assert (execution.status, execution.steps[0].attempts) == ("Failed", 3)
    assert execution.calls == 3


def test_time_runs_out(runbooks: Runbooks) -> None:
    execution = runbooks.run([nap("long", 100, timeoutSeconds=10), nap("two")])
    assert (execution.status, ran(execution)) == ("TimedOut", ["long"])
    assert execution.ended is not None
    assert 10 <= (execution.ended - execution.started).total_seconds() < 12


def test_time_that_runs_out_need_not_matter(runbooks: Runbooks) -> None:
    steps = [nap("long", 100, timeoutSeconds=10, onFailure="Continue"), nap("two")]
    execution = runbooks.run(steps)
    assert (execution.status, ran(execution)) == ("Success", ["long", "two"])
    assert execution.steps[0].status == "TimedOut"


def test_a_week_passes_at_once(runbooks: Runbooks) -> None:
    execution = runbooks.run([step("week", "sleep", Duration="P7D")])
    assert execution.ended is not None
    assert (execution.ended - execution.started).days == 7


def test_the_first_choice_that_is_true_is_taken(runbooks: Runbooks) -> None:
    steps = [
        branch(
            "choose",
            {"Variable": "{{ Size }}", "NumericGreater": 10, "NextStep": "big"},
            {"Variable": "{{ Size }}", "NumericGreater": 5, "NextStep": "middle"},
            default="small",
        ),
        nap("big", isEnd=True),
        nap("middle", isEnd=True),
        nap("small", isEnd=True),
    ]
    declared = {"Size": {"type": "Integer"}}
    for size, taken in (("11", "big"), ("10", "middle"), ("5", "small")):
        execution = runbooks.run(steps, parameters=declared, given={"Size": [size]})
        assert ran(execution) == ["choose", taken]
    assert execution.steps[0].valid_next_steps == ["big", "middle", "small"]


def test_a_branch_that_is_the_end_still_goes_where_a_choice_leads(runbooks: Runbooks) -> None:
    steps = [
        branch("choose", {"Variable": "{{ W }}", "StringEquals": "a", "NextStep": "a"}, isEnd=True),
        nap("b"),
        nap("a", isEnd=True),
    ]
    declared = {"W": {"type": "String"}}
    assert ran(runbooks.run(steps, parameters=declared, given={"W": ["a"]})) == ["choose", "a"]
    assert ran(runbooks.run(steps, parameters=declared, given={"W": ["b"]})) == ["choose"]
    del steps[0]["isEnd"]
    both = ran(runbooks.run(steps, parameters=declared, given={"W": ["b"]}))
    assert both == ["choose", "b", "a"]


HOLDS = [
    ("StringEquals", "Text", "text", False),
    ("StringEquals", "Text", "Text", True),
    ("EqualsIgnoreCase", "Text", "tEXT", True),
    ("StartsWith", "Text", "Te", True),
    ("StartsWith", "Text", "xt", False),
    ("EndsWith", "Text", "xt", True),
    ("Contains", "Text", "ex", True),
    ("Contains", "Text", "EX", False),
    ("NumericEquals", "Number", 7, True),
    ("NumericEquals", "Number", "7", True),
    ("NumericLesser", "Number", 8, True),
    ("NumericGreaterOrEquals", "Number", 7, True),
    ("NumericLesserOrEquals", "Number", 6, False),
    ("BooleanEquals", "Flag", True, True),
    ("BooleanEquals", "Flag", False, False),
    ("BooleanEquals", "Flag", "True", True),
    ("BooleanEquals", "Flag", "{{ Text }}", False),
    ("StringEquals", "Flag", "true", False),
]


@pytest.mark.parametrize(("operator", "name", "value", "expected"), HOLDS)
def test_a_choice_compares_without_changing_types(
    operator: str, name: str, value: object, expected: bool
) -> None:
    names = Names(parameters={"Text": "Text", "Number": 7, "Flag": True}, system=dict)
    condition = {"Variable": f"{{{{ {name} }}}}", operator: value}

    def outcome(condition: Any) -> bool:
        return holds(condition, lambda part: resolve(part, names.find))

    assert outcome(condition) is expected
    assert outcome({"Not": condition}) is not expected


def test_choices_can_be_joined(runbooks: Runbooks) -> None:
    yes, no = ({"Variable": "{{ W }}", "StringEquals": each} for each in ("w", "v"))
    for joined, expected in (
        ({"And": [yes, {"Not": no}]}, True),
        ({"And": [yes, no]}, False),
        ({"Or": [no, {"And": [yes]}]}, True),
        ({"Or": [no, no]}, False),
    ):
        steps = [branch("b", {**joined, "NextStep": "yes"}, isEnd=True), nap("yes")]
        declared = {"W": {"type": "String", "default": "w"}}
        assert ("yes" in ran(runbooks.run(steps, parameters=declared))) is expected


def test_a_runbook_without_an_end_is_ended(
    runbooks: Runbooks, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("modules.local_aws.automation.flow.MAX_STEPS", 50)
    execution = runbooks.run([nap("one", nextStep="two"), nap("two", nextStep="one")])
    assert execution.status == "Failed"
    assert "does not end" in execution.failure_message


def test_an_action_that_is_not_there_is_refused_by_name(runbooks: Runbooks) -> None:
    """Whatever onFailure says: a step that is skipped in silence would prove nothing."""
    steps = [nap("one"), step("two", "approve", Approvers=["x"], onFailure="Continue"), nap("end")]
    execution = runbooks.run(steps)
    assert (execution.status, ran(execution)) == ("Failed", ["one", "two"])
    assert "aws:approve" in execution.failure_message


def test_a_runbook_of_the_wrong_form_fails_and_says_what_is_wrong(runbooks: Runbooks) -> None:
    """AWS would not have taken it."""
    execution = runbooks.run([nap("one"), branch("two", {"And": "x", "NextStep": "one"})])
    assert (execution.status, execution.steps[1].status) == ("Failed", "Failed")
    assert '$.mainSteps[1].inputs.Choices[0].And: found "x"' in execution.failure_message


def test_a_mistake_of_the_embedded_aws_ends_the_execution_and_is_seen(
    runbooks: Runbooks, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("modules.local_aws.automation.flow.has_failed", lambda _record: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        runbooks.run([nap("one")])
    (execution,) = runbooks.aws.state.automation.at((ACCOUNT, REGION)).values()
    assert (execution.status, execution.is_over) == ("Failed", True)
    assert "division by zero" in execution.failure_message


def test_an_interruption_ends_the_execution(
    runbooks: Runbooks, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupt(_record: object) -> bool:
        raise KeyboardInterrupt

    monkeypatch.setattr("modules.local_aws.automation.flow.has_failed", interrupt)
    with pytest.raises(KeyboardInterrupt):
        runbooks.run([nap("one")])
    (execution,) = runbooks.aws.state.automation.at((ACCOUNT, REGION)).values()
    assert (execution.status, execution.is_over) == ("Failed", True)
    assert "interrupted" in execution.failure_message


def test_text_that_is_none_fails_the_step(runbooks: Runbooks) -> None:
    call = step("call", "executeAwsApi", Service="iam", Api="GetRole", RoleName="\ud800")
    execution = runbooks.run([call])
    assert "surrogates not allowed" in execution.steps[0].failure_message


def test_a_runbook_that_executes_itself_is_ended(runbooks: Runbooks) -> None:
    execution = runbooks.run([step("again", "executeAutomation", DocumentName="Runbook-0")])
    assert execution.status == "Failed"
    assert "10 deep: is there a circle?" in execution.failure_message
    assert len(runbooks.aws.state.automation.at((ACCOUNT, REGION))) == 11


def test_a_step_that_is_tried_for_ever_ends(
    runbooks: Runbooks, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("modules.local_aws.automation.steps.MAX_ATTEMPTS", 7)
    execution = runbooks.run([failing("fail", maxAttempts=10**30)])
    assert (execution.status, execution.steps[0].attempts) == ("Failed", 7)
