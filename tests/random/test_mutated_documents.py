"""Random changes of good documents are reported or not, but never end in a traceback."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from modules.document_checks.check import check_document
from modules.document_checks.report import check_paths
from modules.document_checks.rules import RULES
from modules.document_checks.text import parse
from tests.unit.document_checks.checking import CLEAN

DOCUMENTS = [file for file in CLEAN if file.stem != "policy"]
WORDS = [
    *("{{ x }}", "{{ describe.State }}", "{{ variable:Done }}", "{{ ssm:x }}", "{{", "}}", ""),
    *("aws:branch", "aws:loop", "aws:executeScript", "aws:executeAwsApi", "step:stop", "$", "$.."),
    *("python3.11", "ec2", "iam", "DescribeInstances", "$.A[", "List<AWS::X::Y::Z>", "StringMap"),
]
KEYS = [
    *("name", "action", "inputs", "outputs", "nextStep", "onFailure", "isEnd", "Steps", "Choices"),
    *("And", "Not", "Variable", "Selector", "Type", "Name", "Value", "default", "type", "Script"),
]
SCALARS = (
    st.none() | st.booleans() | st.integers() | st.floats() | st.sampled_from(WORDS) | st.text()
)
VALUES = st.recursive(
    SCALARS,
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(KEYS) | st.text(), inner)
    ),
    max_leaves=6,
)
MANY = settings(
    max_examples=50, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


def places(value: Any) -> list[tuple[Any, Any]]:
    """Every place of a value, as what holds it and the key there."""
    keys = list(value) if isinstance(value, dict) else list(range(len(value)))
    inner = [
        place
        for key in keys
        if isinstance(value[key], dict | list) and value[key]
        for place in places(value[key])
    ]
    return [*((value, key) for key in keys), *inner]


def change(content: Any, data: st.DataObject) -> None:
    """Replace, remove, double or swap something."""
    holder, key = data.draw(st.sampled_from(places(content)))
    kind = data.draw(st.sampled_from(["replace", "remove", "rename", "swap"]))
    if kind == "replace":
        holder[key] = data.draw(VALUES)
    elif kind == "remove":
        del holder[key]
    elif kind == "rename" and isinstance(holder, dict):
        holder[data.draw(st.sampled_from(KEYS) | st.text())] = holder.pop(key)
    elif kind == "swap":
        other, place = data.draw(st.sampled_from(places(content)))
        copy = json.loads(json.dumps(other[place]))
        holder[key] = copy


@pytest.mark.parametrize("file", DOCUMENTS, ids=lambda file: file.name)
@MANY
@given(data=st.data())
def test_a_changed_document_is_checked_to_the_end(file: Path, data: st.DataObject) -> None:
    content = parse(file.read_bytes()).data
    for _ in range(data.draw(st.integers(1, 3))):
        if content:
            change(content, data)
    for found in check_document(content):
        assert found.rule in RULES
        assert found.message.isprintable()
        assert "; expected " in found.message


@pytest.mark.parametrize("file", CLEAN, ids=lambda file: file.name)
@MANY
@given(data=st.data())
def test_a_changed_file_is_checked_to_the_end(
    file: Path, data: st.DataObject, tmp_path: Path
) -> None:
    content = bytearray(file.read_bytes())
    for _ in range(data.draw(st.integers(1, 4))):
        start = data.draw(st.integers(0, len(content)))
        length = data.draw(st.integers(0, 30))
        content[start : start + length] = data.draw(
            st.binary(max_size=8)
            | st.sampled_from(
                [
                    b"{{",
                    b"}}",
                    b"\t",
                    b": ",
                    b"- ",
                    b"&a ",
                    b"*a",
                    b"!!set ",
                    b'"',
                    b"[",
                    b"}",
                    b"\n",
                ]
            )
        )
    changed = tmp_path / file.name
    changed.write_bytes(content)
    for problem in check_paths([changed]).problems:
        assert problem.rule in RULES
        assert str(problem).isprintable()
