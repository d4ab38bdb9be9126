"""Structures of answers are serialized as moto serializes them, whatever they hold."""

from __future__ import annotations

import enum
from datetime import UTC, datetime
from typing import Any

import pytest
from botocore.loaders import create_loader
from hypothesis import given
from hypothesis import strategies as some
from moto.core.model import ServiceModel
from moto.core.serialize import (
    DefaultAttributePicker,
    ResponseSerializer,
    SerializationContext,
    XFormedAttributePicker,
    get_serializer_class,
    never_return,
)

from modules.local_aws.moto_picker import QuickPicker
from modules.local_aws.moto_structures import MOTOS_OWN, structure

# A service of each protocol that the embedded AWS has, and operations with answers of all kinds.
OPERATIONS = {
    ("ec2", "ec2"): ("DescribeInstances", "DescribeTags", "DescribeVolumes"),
    ("iam", "query"): ("GetInstanceProfile", "GetRole", "GetAccountSummary"),
    ("ssm", "json"): ("GetPatchBaseline", "GetAutomationExecution", "DescribeInstanceInformation"),
    ("lambda", "rest-json"): ("GetFunctionConfiguration", "ListFunctions"),
    ("s3", "rest-xml"): ("GetBucketTagging", "GetObject"),
}
DEPTH = 4  # of structures
CASES = [(*key, name) for key, names in OPERATIONS.items() for name in names]


class Level(enum.Enum):
    """A text as moto has some."""

    HIGH = "high"


class Held:
    """An object with attributes, as moto's models are."""

    def __init__(self, attributes: dict[str, Any]) -> None:
        vars(self).update(attributes)


class Text(str):
    """No plain text."""

    __slots__ = ()

    def __str__(self) -> str:
        return f"the text {super().__str__()}"


TEXTS = some.sampled_from(["", "a", "<b>", "12", Text("c"), Level.HIGH, 5, True, None])
NUMBERS = some.sampled_from([0, 7, "8", True, 2.0, None])
TRUTHS = some.sampled_from([True, False, "true", "False", None])
TIMES = some.sampled_from([datetime(2026, 3, 2, 10, 0, tzinfo=UTC), "2026-03-02T10:00:00Z", None])
OF_TYPE = {
    "string": TEXTS,
    "integer": NUMBERS,
    "long": NUMBERS,
    "float": NUMBERS,
    "double": NUMBERS,
    "boolean": TRUTHS,
    "timestamp": TIMES,
    "blob": some.sampled_from([b"bytes", "text"]),
}


def values(shape: Any, depth: int = 0) -> some.SearchStrategy[Any]:
    """Whatever moto may answer with where a shape is: mappings and objects, with some members."""
    if shape.type_name in OF_TYPE:
        return OF_TYPE[shape.type_name]
    if shape.type_name == "list":
        return some.lists(values(shape.member, depth + 1), max_size=2)
    if shape.type_name == "map":
        return some.dictionaries(some.sampled_from("ab"), values(shape.value, depth + 1))
    deepest = depth > DEPTH
    members = {} if deepest else {k: values(v, depth + 1) for k, v in shape.members.items()}
    held = some.fixed_dictionaries({}, optional=members)
    return held if depth % 2 else held | held.map(Held)


@pytest.fixture(params=CASES, ids=lambda case: f"{case[0]}.{case[2]}", scope="module")
def operation(request: pytest.FixtureRequest) -> Any:
    """An operation, and the class that serializes its answers."""
    service, protocol, name = request.param
    model = ServiceModel(create_loader().load_service_model(service, "service-2"), service)
    return model.operation_model(name), get_serializer_class(service, protocol)


def outcome(operation: Any, picker: object, value: object, own: object) -> object:
    """What is answered with a value, or why nothing can be; `own` serializes structures."""
    model, serializer = operation
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ResponseSerializer, "_serialize_type_structure", own)
        context = SerializationContext("the-request")
        try:
            return serializer(model, context=context, value_picker=picker).serialize(value)
        except (TypeError, ValueError, AttributeError) as error:
            return type(error)


@pytest.mark.parametrize(
    "transformers",
    [{}, {"Instance.InstanceId": never_return, "Name": str, "BaselineId": never_return}],
    ids=["as they are", "transformed"],
)
@given(data=some.data())
def test_answers_are_those_of_moto(
    operation: Any, transformers: dict[str, Any], data: some.DataObject
) -> None:
    value = data.draw(values(operation[0].output_shape))
    own = XFormedAttributePicker(response_transformers=transformers)
    ours = QuickPicker(response_transformers=transformers)
    expected = outcome(operation, own, value, MOTOS_OWN)
    for _ in range(2):
        assert outcome(operation, ours, value, structure) == expected


@given(data=some.data())
def test_our_own_answers_are_those_of_moto(operation: Any, data: some.DataObject) -> None:
    value = data.draw(values(operation[0].output_shape))
    expected = outcome(operation, DefaultAttributePicker(), value, MOTOS_OWN)
    assert outcome(operation, DefaultAttributePicker(), value, structure) == expected
