"""Automation: parameters, references, selectors and types."""

from __future__ import annotations

import json
from typing import Any

import pytest

from modules.local_aws.automation.parameters import bind
from modules.local_aws.automation.references import Names, resolve
from modules.local_aws.automation.selectors import (
    NoMatchError,
    SelectorError,
    select,
)
from modules.local_aws.errors import AwsError
from tests.local_aws.runbooks import (
    ACCOUNT,
    REGION,
    Runbooks,
    branch,
    nap,
    ran,
    script,
    step,
)

ECHO = "def handler(events, context):\n    return events\n"
DECLARED = {
    "Text": {"type": "String"},
    "Texts": {"type": "StringList"},
    "Ids": {"type": "List<AWS::EC2::Instance::Id>"},
    "Number": {"type": "Integer"},
    "Flag": {"type": "Boolean"},
    "Map": {"type": "StringMap"},
    "Maps": {"type": "MapList"},
}
GIVEN = {
    "Text": ["a b"],
    "Texts": ["a", "b"],
    "Ids": ["i-1", "i-2"],
    "Number": ["-7"],
    "Flag": ["true"],
    "Map": ['{"a": "b"}'],
    "Maps": ['{"a": 1}', '{"b": 2}'],
}


def echo(runbooks: Runbooks, payload: dict[str, Any], **more: Any) -> Any:
    """What a script receives for these inputs."""
    steps = [script("echo", ECHO, InputPayload=payload, **more.pop("own", {}))]
    execution = runbooks.run(steps, **more)
    assert execution.status == "Success", execution.failure_message
    return json.loads(execution.steps[0].outputs["OutputPayload"][0])["Payload"]


def test_a_reference_alone_keeps_its_type(runbooks: Runbooks) -> None:
    payload = {name: f"{{{{ {name} }}}}" for name in DECLARED}
    assert echo(runbooks, payload, parameters=DECLARED, given=GIVEN) == {
        "Text": "a b",
        "Texts": ["a", "b"],
        "Ids": ["i-1", "i-2"],
        "Number": -7,
        "Flag": True,
        "Map": {"a": "b"},
        "Maps": [{"a": 1}, {"b": 2}],
    }


def test_a_reference_inside_a_text_becomes_text() -> None:
    names = Names(parameters={"T": "x", "N": 7, "L": ["a"], "B": False}, system=dict)
    text = resolve("<{{T}}|{{ N }}|{{ L }}|{{ B }}>", names.find)
    assert text == '<x|7|["a"]|false>'


def test_a_list_inside_a_list_is_laid_flat() -> None:
    names = Names(parameters={"L": ["a", "b"], "T": "c"}, system=dict)
    assert resolve(["{{ L }}", "{{ T }}", "x{{ T }}"], names.find) == ["a", "b", "c", "xc"]


def test_system_variables_have_the_values_of_the_moment(runbooks: Runbooks) -> None:
    names = ("global:ACCOUNT_ID", "global:DATE", "global:DATE_TIME", "global:REGION")
    payload = {name: f"{{{{ {name} }}}}" for name in (*names, "automation:EXECUTION_ID")}
    steps = [
        script("one", ECHO, InputPayload=payload),
        step("day", "sleep", Duration="P1D"),
        script("two", ECHO, InputPayload=payload),
    ]
    execution = runbooks.run(steps)
    first, second = (
        json.loads(execution.steps[i].outputs["OutputPayload"][0])["Payload"] for i in (0, 2)
    )
    assert first["global:ACCOUNT_ID"] == "123456789012"
    assert first["global:REGION"] == "us-east-1"
    assert first["automation:EXECUTION_ID"] == execution.id
    assert first["global:DATE"] == f"{execution.started:%Y-%m-%d}"
    assert second["global:DATE"] > first["global:DATE"]
    assert second["global:DATE_TIME"].startswith(second["global:DATE"] + "_")


def test_a_reference_to_nothing_fails_the_step(runbooks: Runbooks) -> None:
    execution = runbooks.run([script("one", ECHO, InputPayload={"a": "{{ two.Output }}"})])
    assert execution.status == "Failed"
    assert "{{ two.Output }}" in execution.failure_message


def test_a_default_stands_in_for_a_parameter(runbooks: Runbooks) -> None:
    declared: dict[str, dict[str, Any]] = {
        "List": {"type": "StringList", "default": ["a", "b"]},
        "Flag": {"type": "Boolean", "default": False},
        "Number": {"type": "Integer", "default": 3},
        "Map": {"type": "StringMap", "default": {"a": "b"}},
        "Maps": {"type": "MapList", "default": [{"a": "b"}]},
    }
    payload = {name: f"{{{{ {name} }}}}" for name in declared}
    expected = {name: each["default"] for name, each in declared.items()}
    assert echo(runbooks, payload, parameters=declared) == expected


def test_a_default_can_come_from_parameter_store(runbooks: Runbooks) -> None:
    runbooks.client("ssm").put_parameter(Name="/team/name", Value="x", Type="String")
    declared = {"P": {"type": "String", "default": "<{{ ssm:/team/name }}>"}}
    assert echo(runbooks, {"P": "{{ P }}"}, parameters=declared) == {"P": "<x>"}
    declared["P"]["default"] = "{{ssm:nothing}}"
    with pytest.raises(AwsError, match="no parameter nothing"):
        runbooks.run([nap("one")], parameters=declared)


@pytest.mark.parametrize(
    ("declared", "given", "message"),
    [
        ({}, {"Other": ["x"]}, "Other is not defined"),
        ({"P": {"type": "String"}}, {}, "P requires a value"),
        ({"P": {"type": "String"}}, {"P": ["a", "b"]}, "takes one value"),
        ({"P": {"type": "Integer"}}, {"P": ["1.5"]}, "not an integer"),
        ({"P": {"type": "Boolean"}}, {"P": ["yes"]}, "neither true nor false"),
        ({"P": {"type": "StringMap"}}, {"P": ["[]"]}, "not a JSON object"),
        ({"P": {"type": "String", "allowedValues": ["a"]}}, {"P": ["b"]}, "allowed are"),
        ({"P": {"type": "String", "allowedPattern": "^a$"}}, {"P": ["b"]}, "does not match"),
        ({"P": {"type": "StringList", "allowedPattern": "^a$"}}, {"P": ["a", "b"]}, "'b'"),
        ({"P": {"type": "StringList", "maxItems": 1}}, {"P": ["a", "b"]}, "maxItems"),
        ({"P": {"type": "String", "minChars": 2}}, {"P": ["a"]}, "minChars"),
    ],
)
def test_rejects_parameters_that_the_document_does_not_allow(
    declared: Any, given: Any, message: str
) -> None:
    with pytest.raises(AwsError, match=message) as refused:
        bind(declared, given, str)
    assert refused.value.code == "InvalidAutomationExecutionParametersException"


def test_a_request_that_is_refused_leaves_no_execution(runbooks: Runbooks) -> None:
    with pytest.raises(AwsError, match="P requires a value"):
        runbooks.run([nap("one")], parameters={"P": {"type": "String"}})
    assert runbooks.aws.state.automation.at((ACCOUNT, REGION)) == {}


def test_patterns_are_java_s() -> None:
    r"""In Java the hyphen in `[\w-/]` is itself; Python's `re` refuses it."""
    declared = {"P": {"type": "String", "allowedPattern": r"^role/[\w-/.@]{1,20}$"}}
    assert bind(declared, {"P": ["role/a-b/c"]}, str) == {"P": "role/a-b/c"}
    with pytest.raises(AwsError, match="does not match"):
        bind(declared, {"P": ["role/a b"]}, str)


def test_rejects_values_that_are_too_long() -> None:
    declared = {"P": {"type": "String"}}
    bind(declared, {"P": ["x" * 512]}, str)
    with pytest.raises(AwsError, match="512") as refused:
        bind(declared, {"P": ["x" * 513]}, str)
    assert refused.value.code == "ValidationException"


ANSWER: dict[str, Any] = {
    "Reservations": [
        {"Instances": [{"Id": "i-1", "Tags": [{"Key": "a"}]}]},
        {"Instances": [{"Id": "i-2", "Tags": []}]},
    ],
    "Name-With.Dots": "x",
    "Empty": [],
}


@pytest.mark.parametrize(
    ("selector", "expected"),
    [
        ("$", ANSWER),
        ("$.Reservations[1].Instances[0].Id", "i-2"),
        ("$.Reservations..Id", ["i-1", "i-2"]),
        ("$..Key", ["a"]),
        ("$..Nothing", []),
        ("$.Reservations[*].Instances[*].Id", ["i-1", "i-2"]),
        ("$.['Name-With.Dots']", "x"),
        ("$['Name-With.Dots']", "x"),
        ("$.Empty", []),
        ("Reservations[0].Instances[0].Id", "i-1"),
        ("$.Reservations[-1].Instances[0].Id", "i-2"),
        ("$.Reservations[0:1].Instances[*].Id", ["i-1"]),
        ("$.Reservations[*].Instances[?(@.Id == 'i-2')].Id", ["i-2"]),
        ("$.'Name-With.Dots'", "x"),
    ],
)
def test_a_selector_finds(selector: str, expected: object) -> None:
    assert select(selector, ANSWER) == expected


@pytest.mark.parametrize("selector", ["$.Reservations[2]", "$.Missing", "$.Empty[0].Id"])
def test_a_selector_finds_nothing(selector: str) -> None:
    with pytest.raises(NoMatchError):
        select(selector, ANSWER)


@pytest.mark.parametrize("selector", ["$.Reservations[?(@.a)]", "$.a b", "$'a'", "$."])
def test_rejects_a_selector_that_is_none(selector: str) -> None:
    with pytest.raises(SelectorError):
        select(selector, ANSWER)


def users(*outputs: dict[str, str]) -> Any:
    return step("users", "executeAwsApi", Service="iam", Api="ListUsers", outputs=list(outputs))


@pytest.mark.parametrize(
    "selector",
    ["$.Users[0].UserName", "$.Users[?(@.Path == '/a/')].UserName", "$.Users..UserName"],
)
def test_an_output_that_is_not_found_is_left_out_or_fails(
    selector: str, runbooks: Runbooks
) -> None:
    """AWS does not say which: its own samples need the first."""
    steps = [users({"Name": "First", "Selector": selector})]
    execution = runbooks.run(steps, outputs=["users.First"])
    assert execution.status == "Success"
    assert execution.outputs["users.First"][0].startswith("No output")
    runbooks.aws.state.switches.missing_outputs_fail = True
    assert runbooks.run(steps).status == "Failed"


def test_a_list_of_what_is_not_found_is_empty(runbooks: Runbooks) -> None:
    listed = {"Name": "All", "Selector": "$.Users..UserName", "Type": "StringList"}
    execution = runbooks.run([users(listed)])
    assert execution.steps[0].outputs == {"All": []}


def test_a_choice_about_an_output_that_is_not_there_is_not_true(runbooks: Runbooks) -> None:
    there = {"Variable": "{{ users.First }}", "StartsWith": "some"}
    steps = [
        users({"Name": "First", "Selector": "$.Users[0].UserName"}),
        branch("b", {**there, "NextStep": "yes"}, default="no"),
        nap("yes", isEnd=True),
        nap("no"),
    ]
    assert ran(runbooks.run(steps)) == ["users", "b", "no"]
    runbooks.client("iam").create_user(UserName="somebody")
    assert ran(runbooks.run(steps)) == ["users", "b", "yes"]


def test_an_output_that_is_not_there_is_told_by_its_name(runbooks: Runbooks) -> None:
    absent = {"Variable": "{{users.First}}", "Contains": "users.First"}
    steps = [
        users({"Name": "First", "Selector": "$.Users[0].UserName"}),
        branch("b", {**absent, "NextStep": "none"}, default="some"),
        nap("none", isEnd=True),
        nap("some"),
    ]
    assert ran(runbooks.run(steps)) == ["users", "b", "none"]
    runbooks.client("iam").create_user(UserName="somebody")
    assert ran(runbooks.run(steps)) == ["users", "b", "some"]


def test_the_role_is_a_parameter_or_a_default(runbooks: Runbooks) -> None:
    role = runbooks.role()
    who = step(
        "who",
        "executeAwsApi",
        Service="sts",
        Api="GetCallerIdentity",
        outputs=[{"Name": "Arn", "Selector": "$.Arn"}],
    )
    more: dict[str, Any] = {"outputs": ["who.Arn"], "assumeRole": "{{ Role }}"}
    given = runbooks.run(
        [who], parameters={"Role": {"type": "AWS::IAM::Role::Arn"}}, given={"Role": [role]}, **more
    )
    default = runbooks.run([who], parameters={"Role": {"type": "String", "default": role}}, **more)
    nobody = runbooks.run([who], parameters={"Role": {"type": "String", "default": ""}}, **more)
    assert "assumed-role/Runbooks/Automation-" in given.outputs["who.Arn"][0]
    assert default.id in default.outputs["who.Arn"][0]
    assert nobody.outputs["who.Arn"] == ["arn:aws:iam::123456789012:user/administrator"]
