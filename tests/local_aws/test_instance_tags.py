"""What EC2 refuses of tags and moto does not."""

from __future__ import annotations

from typing import Any

import pytest
from botocore.exceptions import ClientError

TAGS = [{"Key": "Env", "Value": "test"}]


@pytest.mark.parametrize("operation", ["create_tags", "delete_tags"])
def test_an_instance_that_is_not_there_has_no_tags(
    operation: str, client: Any, fleet: dict[str, str]
) -> None:
    ec2 = client("ec2")
    both = {"Resources": [fleet["bare"], "i-0123456789abcdef0"], "Tags": TAGS}
    with pytest.raises(ClientError, match=r"InvalidInstanceID.NotFound.*i-0123456789abcdef0"):
        getattr(ec2, operation)(**both)
    (found,) = ec2.describe_tags(
        Filters=[
            {"Name": "resource-id", "Values": [fleet["bare"]]},
            {"Name": "key", "Values": ["Env"]},
        ]
    )["Tags"]
    assert found["Value"] == "prod"


def test_another_resource_is_moto_s_to_find(client: Any) -> None:
    ec2 = client("ec2")
    volume = ec2.create_volume(Size=1, AvailabilityZone="us-east-1a")["VolumeId"]
    ec2.create_tags(Resources=[volume], Tags=TAGS)
    assert ec2.describe_volumes(VolumeIds=[volume])["Volumes"][0]["Tags"] == TAGS
