"""Documents, each in a file of its own: legal ones, and such as have one defect."""

from __future__ import annotations

import json
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
import yaml
from _pytest.mark import ParameterSet
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from modules.quick_setup.documents import DocumentError, load_documents, validate
from modules.quick_setup.documents.checks import SCHEMA_FILE

CASES = Path(__file__).parent / "cases"


def cases(kind: str) -> list[ParameterSet]:
    """The files of a folder, by their names."""
    files = sorted((CASES / kind).glob("*.yaml"))
    assert files
    return [pytest.param(file, id=file.stem) for file in files]


@pytest.mark.parametrize("file", cases("good"))
def test_accepts_a_legal_document(file: Path) -> None:
    validate(yaml.safe_load(file.read_text()), file.name)


@pytest.mark.parametrize("file", cases("bad"))
def test_refuses_a_defect_and_names_its_place(file: Path) -> None:
    """The first line of the file says what is expected; nothing else is reported."""
    text = file.read_text()
    expected = text.partition("\n")[0].removeprefix("# ")
    with pytest.raises(DocumentError) as error:
        validate(yaml.safe_load(text), file.name)
    assert len(error.value.problems) == 1
    assert error.value.problems[0].startswith(f"{file.name}: {expected}")


def test_the_legal_documents_use_every_action() -> None:
    schema = json.loads(SCHEMA_FILE.read_text())
    actions = set(schema["$defs"]["step"]["properties"]["action"]["enum"])
    content = yaml.safe_load((CASES / "good" / "every_action.yaml").read_text())
    assert {step["action"] for step in content["mainSteps"]} == actions


def test_the_schema_is_a_schema_and_uses_all_its_definitions() -> None:
    schema = json.loads(SCHEMA_FILE.read_text())
    Draft202012Validator.check_schema(schema)
    text = SCHEMA_FILE.read_text()
    unused = [name for name in schema["$defs"] if f'"#/$defs/{name}"' not in text]
    assert unused == []


def test_all_problems_are_reported_at_once() -> None:
    content = {"schemaVersion": "0.4", "mainSteps": [{"name": "a b"}], "output": []}
    with pytest.raises(DocumentError) as error:
        validate(content, "d")
    assert len(error.value.problems) == 5


def test_all_problems_of_a_list_that_has_other_forms_are_reported() -> None:
    targets: list[Any] = [{"key": "a", "Values": ["b"]}, "{{ Target }}", 5]
    inputs = {"DocumentName": "d", "Targets": targets}
    step = {"name": "run", "action": "aws:runCommand", "inputs": inputs}
    with pytest.raises(DocumentError) as error:
        validate({"schemaVersion": "0.3", "mainSteps": [step]}, "d")
    place = "d: $.mainSteps[0].inputs.Targets"
    assert list(error.value.problems) == [
        f"{place}[0].key: found an unknown key; expected Key",
        f"{place}[2]: found 5; expected a map",
    ]


def test_content_that_is_no_json_is_refused() -> None:
    nested: dict[str, object] = {}
    nested["mainSteps"] = nested
    for content in ({1: "a"}, {"a": {"b": {1}}}, {"a": float("nan")}, {"a": (1,)}, nested):
        with pytest.raises(DocumentError):
            validate(content, "d")


def test_a_document_that_means_billions_of_values_is_refused() -> None:
    """As a few kilobytes of YAML with anchors can."""
    value: list[object] = ["x"]
    for _ in range(40):
        value = [value] * 10
    with pytest.raises(DocumentError, match="more than"):
        validate({"a": value}, "d")


SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.binary()
KEYS = st.sampled_from(["name", "action", "inputs", "Choices", "And", "Steps"]) | st.text()
VALUES = st.recursive(
    SCALARS | st.sampled_from(["aws:branch", "aws:loop", "step:x", "{{ x }}"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS | st.integers(), inner),
    max_leaves=8,
)


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_nothing_but_a_document_error_is_raised(data: st.DataObject) -> None:
    """Whatever stands wherever in a real document."""
    content = json.loads(json.dumps(load_documents()["add_or_remove_tag"].content))
    place: Any = content
    while True:
        keys = list(place) if isinstance(place, dict) else list(range(len(place)))
        key = data.draw(st.sampled_from(keys))
        deeper = isinstance(place[key], dict | list) and place[key]
        if not deeper or data.draw(st.booleans()):
            break
        place = place[key]
    place[key] = data.draw(VALUES)
    with suppress(DocumentError):
        validate(content, "d")
