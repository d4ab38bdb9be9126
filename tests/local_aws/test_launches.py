"""Instances that are launched through the API."""

from __future__ import annotations

from typing import Any

import pytest
from botocore.exceptions import ClientError


def test_a_volume_is_detached_from_the_instance_that_has_it(client: Any) -> None:
    """AWS's own runbooks do not say from which."""
    ec2 = client("ec2")
    ec2.run_instances(ImageId="ami-12c6146b", MinCount=1, MaxCount=1)
    (volume,) = ec2.describe_volumes()["Volumes"]
    detached = ec2.detach_volume(VolumeId=volume["VolumeId"])
    assert detached["InstanceId"] == volume["Attachments"][0]["InstanceId"]
    with pytest.raises(ClientError, match="not attached"):
        ec2.detach_volume(VolumeId=volume["VolumeId"])


def test_several_instances_are_launched_at_once_with_their_tags(client: Any) -> None:
    ec2 = client("ec2")
    tags = [{"ResourceType": "instance", "Tags": [{"Key": "Launch", "Value": "three"}]}]
    launched = ec2.run_instances(
        ImageId="ami-12345678", MinCount=3, MaxCount=3, TagSpecifications=tags
    )["Instances"]
    assert len(launched) == 3
    found = ec2.describe_tags(Filters=[{"Name": "key", "Values": ["Launch"]}])["Tags"]
    assert {tag["ResourceId"] for tag in found} == {each["InstanceId"] for each in launched}
