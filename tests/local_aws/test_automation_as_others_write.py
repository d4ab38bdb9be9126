"""Automation: forms that other projects' runbooks have, and AWS does not document."""

from __future__ import annotations

import pytest

from tests.local_aws.runbooks import Runbooks, branch, failing, nap, ran, script, step

ECHO = "def handler(events, context):\n    return events\n"


def test_a_default_may_refer_and_be_empty(runbooks: Runbooks) -> None:
    parameters = {
        "Image": {"type": "String", "default": "ami-1"},
        "Name": {"type": "String", "default": "from_{{Image}}_in_{{ global:REGION }}"},
        "Role": {"type": "String", "default": "", "allowedPattern": "^arn:.+$"},
        "Flag": {"type": "Boolean", "default": True, "allowedValues": ["true", "false"]},
        "Text": {"type": "String", "default": "{{ unknown }}"},
    }
    own = {"InputPayload": {name: f"{{{{ {name} }}}}" for name in parameters}}
    outputs = [{"Name": "All", "Selector": "$.Payload", "Type": "StringMap"}]
    execution = runbooks.run(
        [script("echo", ECHO, outputs=outputs, **own)],
        parameters=parameters,
        given={"Image": ["ami-2"]},
        outputs=["echo.All"],
    )
    assert execution.outputs["echo.All"] == [
        '{"Image": "ami-2", "Name": "from_ami-2_in_us-east-1", "Role": "", "Flag": true, '
        '"Text": "{{ unknown }}"}'
    ]


def test_a_given_value_is_taken_as_it_is(runbooks: Runbooks) -> None:
    execution = runbooks.run(
        [nap("nap")],
        parameters={"Text": {"type": "String"}, "Other": {"type": "String", "default": "x"}},
        given={"Text": ["{{ Other }}"]},
        outputs=["Text"],
    )
    assert execution.outputs["Text"] == ["{{ Other }}"]


@pytest.mark.parametrize("where", ["document", "default", "given"])
def test_an_assume_role_may_have_system_variables(where: str, runbooks: Runbooks) -> None:
    runbooks.role()
    arn = "arn:{{ global:AWS_PARTITION }}:iam::{{global:ACCOUNT_ID}}:role/Runbooks"
    who = step("who", "executeAwsApi", Service="sts", Api="GetCallerIdentity",
               outputs=[{"Name": "Arn", "Selector": "$.Arn", "Type": "String"}])  # fmt: skip
    declared = {"Role": {"type": "String", "default": arn if where == "default" else ""}}
    execution = runbooks.run(
        [who],
        assumeRole=arn if where == "document" else "{{ Role }}",
        parameters=declared,
        given={"Role": [arn]} if where == "given" else {},
    )
    assert ":assumed-role/Runbooks/" in execution.steps[0].outputs["Arn"][0]


def test_limits_of_a_step_may_be_parameters(runbooks: Runbooks) -> None:
    numbers = {"Times": {"type": "Integer", "default": 2}, "Seconds": {"type": "String"}}
    step_with_limits = failing("fail", maxAttempts="{{ Times }}", timeoutSeconds="{{ Seconds }}")
    execution = runbooks.run([step_with_limits], parameters=numbers, given={"Seconds": ["7"]})
    assert (execution.steps[0].attempts, execution.steps[0].timeout_seconds) == (2, 7)


@pytest.mark.parametrize("limit", ["{{ Unknown }}", "{{ Text }}", "soon", "{{ None }}", -1])
def test_a_limit_that_is_no_number_ends_the_run(limit: object, runbooks: Runbooks) -> None:
    declared = {
        "Text": {"type": "String", "default": "soon"},
        "None": {"type": "Integer", "default": 0},
    }
    execution = runbooks.run([nap("nap", timeoutSeconds=limit)], parameters=declared)
    expected = f"timeoutSeconds of step nap is no number above 0: {limit}."
    assert (execution.status, execution.failure_message) == ("Failed", expected)


def test_a_reference_reaches_into_a_map(runbooks: Runbooks) -> None:
    outputs = [{"Name": "Map", "Selector": "$.Payload", "Type": "StringMap"}]
    made = script("made", "def handler(e, c):\n    return {'a': {'b': 'deep'}}\n", outputs=outputs)
    used = script("used", ECHO, InputPayload={"x": "{{ made.Map.a.b }} {{ global: REGION }}"})
    last = [{"Name": "X", "Selector": "$.Payload.x", "Type": "String"}]
    execution = runbooks.run([made, {**used, "outputs": last}], outputs=["used.X"])
    assert execution.outputs["used.X"] == ["deep us-east-1"]


def test_a_reference_to_no_key_of_a_map_fails(runbooks: Runbooks) -> None:
    outputs = [{"Name": "Map", "Selector": "$.Payload", "Type": "StringMap"}]
    made = script("made", "def handler(e, c):\n    return {'a': 1}\n", outputs=outputs)
    execution = runbooks.run([made, script("used", ECHO, InputPayload={"x": "{{ made.Map.b }}"})])
    assert "{{ made.Map.b }} is not defined" in execution.failure_message


def test_a_reference_in_a_list_is_one_text_where_the_operation_takes_one(
    runbooks: Runbooks,
) -> None:
    make = step(
        "make",
        "executeAwsApi",
        Service="IAM",
        Api="CreateGroup",
        GroupName=["{{ global:REGION }}"],
        outputs=[{"Name": "Name", "Selector": "Group.GroupName", "Type": "String"}],
    )
    execution = runbooks.run([make], outputs=["make.Name"])
    assert execution.outputs["make.Name"] == ["us-east-1"]


@pytest.mark.parametrize(
    ("operator", "operand", "value"),
    [("NumericEquals", "7", 7), ("NumericGreater", "6.5", 7), ("BooleanEquals", "True", True)],
)
def test_what_a_choice_compares_with_may_be_written_as_text(
    operator: str, operand: str, value: object, runbooks: Runbooks
) -> None:
    kind = "Boolean" if value is True else "Integer"
    choice = {"NextStep": "yes", "Variable": "{{ P }}", operator: operand}
    steps = [branch("ask", choice, default="no"), nap("no", isEnd=True), nap("yes")]
    execution = runbooks.run(steps, parameters={"P": {"type": kind, "default": value}})
    assert ran(execution) == ["ask", "yes"]


@pytest.mark.parametrize("depth", [1, 2])
def test_a_step_of_a_loop_leaves_it_for_a_step_around_it(depth: int, runbooks: Runbooks) -> None:
    inner = [failing("fail", onFailure="step:after", isCritical=False), nap("spared")]
    names = [f"loop{number}" for number in range(depth)]
    for name in reversed(names):
        inner = [step(name, "loop", Iterators=["a", "b"], Steps=inner)]
    execution = runbooks.run([*inner, nap("skipped"), nap("after")])
    assert execution.status == "Success", execution.failure_message
    assert ran(execution) == [*names, "fail", "after"]


def test_a_service_that_is_not_there_is_refused_by_name(runbooks: Runbooks) -> None:
    execution = runbooks.run([step("ask", "executeAwsApi", Service="rds", Api="DescribeEvents")])
    assert "The embedded AWS does not have the service rds." in execution.failure_message
