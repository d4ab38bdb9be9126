"""Automation: types of values, and what an output is converted to."""

from __future__ import annotations

from base64 import b64decode
from datetime import UTC, datetime
from typing import Any

import pytest

from modules.local_aws.automation.value_types import ValueTypeError, check_type, converted
from tests.local_aws.runbooks import Runbooks, branch, nap, ran, script, step


@pytest.mark.parametrize(
    ("value", "kind", "fits"),
    [
        ("a", "String", True),
        (1, "String", False),
        (1, "Integer", True),
        (True, "Integer", False),
        (True, "Boolean", True),
        (["a"], "StringList", True),
        ([1], "StringList", False),
        ([{}], "MapList", True),
        ({}, "StringMap", True),
        ([], "StringMap", False),
        ("a", "Text", False),
    ],
)
def test_types_are_static(value: object, kind: str, fits: bool) -> None:
    if fits:
        check_type(value, kind, "It")
        return
    with pytest.raises(ValueTypeError):
        check_type(value, kind, "It")


@pytest.mark.parametrize(
    ("value", "kind", "expected"),
    [
        ("a", "StringList", ["a"]),
        ("-12", "Integer", -12),
        ("True", "Boolean", True),
        ("false", "Boolean", False),
        (7, "String", "7"),
        (7, "StringList", ["7"]),
        (True, "String", "true"),
        (False, "StringList", ["false"]),
        (["a"], "String", "a"),
        (["8"], "Integer", 8),
        (["true"], "Boolean", True),
        ([8], "Integer", 8),
        ([8], "String", "8"),
        ([False], "Boolean", False),
        ([False], "String", "false"),
        (2.5, "String", "2.5"),
        (b"abc", "String", "YWJj"),
        (datetime(2026, 1, 2, tzinfo=UTC), "String", "2026-01-02T00:00:00+00:00"),
        ([datetime(2026, 1, 2, tzinfo=UTC)], "StringList", ["2026-01-02T00:00:00+00:00"]),
    ],
)
def test_an_output_is_converted(value: object, kind: str, expected: object) -> None:
    found = converted(value, kind, "It")
    assert (found, type(found)) == (expected, type(expected))


@pytest.mark.parametrize(
    ("value", "kind", "message"),
    [
        ("abc", "Integer", 'It is "abc", not of its type Integer'),
        ("1.5", "Integer", 'is "1.5"'),
        ("", "Integer", 'is ""'),
        ("yes", "Boolean", 'is "yes"'),
        (1, "Boolean", "the number 1"),
        (True, "Integer", "is true"),
        (["a", "b"], "String", "a list of 2 items"),
        ([], "String", "a list of 0 items"),
        ([1, 2], "Integer", "a list of 2 items"),
        ([1, 2], "StringList", "a list of 2 items"),
        (["abc"], "Integer", "a list of one item"),
        ([{}], "String", "a list of one item"),
        ([["a"]], "String", "a list of one item"),
        ({"a": 1}, "String", "a mapping"),
        ({"a": 1}, "StringList", "a mapping"),
        ({"a": 1}, "MapList", "a mapping"),
        ([{"a": 1}], "StringMap", "a list of one item"),
        ("{}", "StringMap", 'is "{}"'),
        ("a", "Text", "the unknown type Text"),
    ],
)
def test_nothing_else_is_converted(value: object, kind: str, message: str) -> None:
    with pytest.raises(ValueTypeError, match=message):
        converted(value, kind, "It")


def numbers(*outputs: dict[str, str]) -> Any:
    """A script that counts, with its outputs."""
    body = "def handler(events, context):\n    return {'count': 2, 'names': ['a', 'b']}\n"
    return script("numbers", body, outputs=list(outputs))


def test_a_converted_output_has_its_declared_type_wherever_it_is_used(runbooks: Runbooks) -> None:
    made = numbers({"Name": "Count", "Selector": "$.Payload.count", "Type": "String"})
    text = {"Variable": "{{ numbers.Count }}", "StringEquals": "2", "NextStep": "put"}
    number = {"Variable": "{{ numbers.Count }}", "NumericEquals": 2, "NextStep": "wrong"}
    put = step(
        "put",
        "executeAwsApi",
        Service="ssm",
        Api="putParameter",
        Name="count",
        Value="{{ numbers.Count }}",
        Type="String",
        isEnd=True,
    )
    steps = [made, branch("ask", number, text), nap("wrong", isEnd=True), put]
    execution = runbooks.run(steps, outputs=["numbers.Count"])
    assert execution.status == "Success", execution.failure_message
    assert ran(execution) == ["numbers", "ask", "put"]
    assert execution.outputs == {"numbers.Count": ["2"]}


def test_the_default_type_is_text(runbooks: Runbooks) -> None:
    made = numbers({"Name": "Count", "Selector": "$.Payload.count"})
    update = step("update", "updateVariable", Name="variable:v", Value="{{ numbers.Count }}")
    variables = {"v": {"type": "String", "default": "w"}}
    execution = runbooks.run([made, update], variables=variables, outputs=["variable:v"])
    assert (execution.status, execution.outputs) == ("Success", {"variable:v": ["2"]})


def test_an_output_that_cannot_be_converted_fails_the_step(runbooks: Runbooks) -> None:
    made = numbers({"Name": "Names", "Selector": "$.Payload.names", "Type": "String"})
    execution = runbooks.run([made, nap("after")])
    assert (execution.status, ran(execution)) == ("Failed", ["numbers"])
    assert "Output Names of step numbers is a list of 2 items" in execution.failure_message


def test_bytes_and_times_of_an_answer_are_text(runbooks: Runbooks) -> None:
    """As JSON has them: bytes in base64."""
    runbooks.client("iam").generate_credential_report()
    outputs = [
        {"Name": "Content", "Selector": "$.Content", "Type": "String"},
        {"Name": "Time", "Selector": "$.GeneratedTime", "Type": "String"},
    ]
    report = step("get", "executeAwsApi", Service="iam", Api="GetCredentialReport", outputs=outputs)
    choice = {"Variable": "{{ get.Time }}", "StartsWith": "20", "NextStep": "yes"}
    steps = [report, branch("ask", choice), nap("no", isEnd=True), nap("yes")]
    execution = runbooks.run(steps, outputs=["get.Content"])
    assert ran(execution) == ["get", "ask", "yes"], execution.failure_message
    assert b64decode(execution.outputs["get.Content"][0]).startswith(b"user,arn,")


def test_inputs_are_not_converted(runbooks: Runbooks) -> None:
    made = numbers({"Name": "Count", "Selector": "$.Payload.count", "Type": "Integer"})
    update = step("update", "updateVariable", Name="variable:v", Value="{{ numbers.Count }}")
    execution = runbooks.run([made, update], variables={"v": {"type": "String", "default": "w"}})
    assert "variable v is the number 2, not of its type String" in execution.failure_message


ECHO = "def handler(events, context):\n    return events\n"


@pytest.mark.parametrize(
    ("kind", "items", "last"),
    [
        ("String", ["a", "b"], '"b"'),
        ("Integer", [1, "-2"], "-2"),
        ("Boolean", [True, "False"], "false"),
        ("StringMap", [{"a": 1}, '{"b": 2}'], '{"b": 2}'),
    ],
)
def test_a_loop_takes_items_of_its_type_and_texts_that_stand_for_it(
    kind: str, items: list[object], last: str, runbooks: Runbooks
) -> None:
    echo = script("echo", ECHO, InputPayload={"item": "{{ each.CurrentIteratorValue }}"})
    loop = step("each", "loop", Iterators=items, IteratorDataType=kind, Steps=[echo])
    execution = runbooks.run([loop])
    assert execution.status == "Success", execution.failure_message
    payload = execution.steps[-1].outputs["OutputPayload"]
    assert payload == [f'{{"Payload": {{"item": {last}}}}}']


@pytest.mark.parametrize(
    ("kind", "item"),
    [
        ("String", 5),
        ("String", {"a": 1}),
        ("Integer", "two"),
        ("Integer", True),
        ("Boolean", "no"),
        ("Boolean", 1),
        ("StringMap", "b"),
        ("StringMap", "[]"),
    ],
)
def test_a_loop_over_an_item_of_another_type_fails(
    kind: str, item: object, runbooks: Runbooks
) -> None:
    loop = step("each", "loop", Iterators=[item], IteratorDataType=kind, Steps=[nap("nap")])
    execution = runbooks.run([loop])
    assert (execution.status, ran(execution)) == ("Failed", ["each"])
    assert f"not of its type {kind}" in execution.failure_message


def test_a_loop_over_items_ends_with_its_last_iteration(runbooks: Runbooks) -> None:
    inputs = {"Iterators": ["a", "b", "c"], "MaxIterations": 2, "Steps": [nap("nap")]}
    execution = runbooks.run([step("each", "loop", **inputs), nap("after")])
    assert (execution.status, ran(execution)) == ("Success", ["each", "nap", "nap", "after"])
