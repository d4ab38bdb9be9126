"""Members of an answer are found where moto finds them."""

from __future__ import annotations

from typing import Any

import pytest
from moto.core.serialize import AttributePickerContext, XFormedAttributePicker, never_return
from moto.core.utils import get_service_model

from modules.local_aws.moto_picker import QuickPicker


class Instance:
    """As moto has them: Python's names, and those without the class's."""

    id = "i-1"
    image_id = "ami-1"
    instance_type = "t3.micro"


MAPPING = {"InstanceId": "i-2", "image_id": "ami-2"}


@pytest.mark.parametrize("owner", [Instance(), MAPPING], ids=["object", "mapping"])
@pytest.mark.parametrize("transformers", [{}, {"Reservation.ImageId": never_return}])
def test_picks_what_moto_picks(owner: object, transformers: dict[str, Any]) -> None:
    ours = QuickPicker(response_transformers=transformers)
    own = XFormedAttributePicker(response_transformers=transformers)
    shape: Any = get_service_model("ec2").shape_for("Instance")
    found = {}
    for key, member in shape.members.items():
        member.parent = shape
        context = AttributePickerContext(obj=owner, key=key, shape=member, key_path="Reservation")
        found[key] = own(context)
        assert [ours(context), ours(context)] == [found[key]] * 2, key
    assert found["InstanceId"] in {"i-1", "i-2"}
    assert (found["ImageId"] is None) is bool(transformers)
