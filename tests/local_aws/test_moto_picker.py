"""Members of an answer are found where moto finds them, in however many threads."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from botocore.loaders import create_loader
from moto.core.model import ServiceModel
from moto.core.serialize import AttributePickerContext, XFormedAttributePicker, never_return

from modules.local_aws.moto_picker import QuickPicker

THREADS = 8


class Instance:
    """As moto has them: Python's names, and those without the class's."""

    id = "i-1"
    image_id = "ami-1"
    instance_type = "t3.micro"


class Named:
    """With names that its class says."""

    class Meta:
        """As moto's classes have it."""

        serialization_aliases = {"ImageId": "picture"}  # noqa: RUF012  # as moto's have it

    picture = "ami-3"


class Pathed:
    """With a path for a name."""

    class Meta:
        """As moto's classes have it."""

        serialization_aliases = {"ImageId": "image.id"}  # noqa: RUF012  # as moto's have it

    class image:  # noqa: N801  # an attribute
        """What the path leads through."""

        id = "ami-4"


class Generous(dict[str, Any]):
    """It makes up what it lacks."""

    def __missing__(self, key: str) -> str:
        return f"made up for {key}"


MAPPING = {"InstanceId": "i-2", "image_id": "ami-2", "KernelId": None}
OWNERS = (Instance(), Named(), Pathed(), MAPPING, Generous(MAPPING))


@pytest.fixture(scope="module")
def model() -> Any:
    """EC2's service model, as botocore has it."""
    return create_loader().load_service_model("ec2", "service-2")


@pytest.fixture
def shape(model: Any) -> Any:
    """A structure that no picker has seen."""
    return ServiceModel(model, "ec2").shape_for("Instance")


@pytest.fixture
def impatient_threads() -> Iterator[None]:
    """Threads that take turns as often as they can."""
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(before)


def picked(picker: XFormedAttributePicker, shape: Any, owner: object) -> dict[str, Any]:
    """Every member of an instance."""
    found = {}
    for key, member in shape.members.items():
        member.parent = shape
        if isinstance(picker, QuickPicker):
            found[key] = picker.pick(owner, key, member, ["Answer", "Reservation"])
            continue
        path = "Answer.Reservation"
        found[key] = picker(AttributePickerContext(obj=owner, key=key, shape=member, key_path=path))
    return found


@pytest.mark.parametrize("owner", OWNERS, ids=["object", "named", "pathed", "mapping", "generous"])
@pytest.mark.parametrize(
    "transformers",
    [
        {},
        {"Reservation.ImageId": never_return},
        {"mageId": never_return, "ImageId": str.upper},
        {"XReservation.ImageId": str.upper, "Answer.Reservation.ImageId": never_return},
    ],
)
def test_picks_what_moto_picks(shape: Any, owner: object, transformers: dict[str, Any]) -> None:
    own = picked(XFormedAttributePicker(response_transformers=transformers), shape, owner)
    ours = QuickPicker(response_transformers=transformers)
    assert [picked(ours, shape, owner) for _ in range(2)] == [own, own]
    assert (own["ImageId"] is None) is bool(transformers)


@pytest.mark.usefixtures("impatient_threads")
def test_threads_pick_alike(shape: Any) -> None:
    own = [picked(XFormedAttributePicker(), shape, owner) for owner in OWNERS]
    with ThreadPoolExecutor(THREADS) as pool:
        work = [pool.submit(picked, QuickPicker(), shape, owner) for owner in OWNERS * THREADS]
        assert [each.result() for each in work] == own * THREADS
