"""Instances that are launched through the API."""

from __future__ import annotations

from typing import Any


def test_several_instances_are_launched_at_once_with_their_tags(client: Any) -> None:
    ec2 = client("ec2")
    tags = [{"ResourceType": "instance", "Tags": [{"Key": "Launch", "Value": "three"}]}]
    launched = ec2.run_instances(
        ImageId="ami-12345678", MinCount=3, MaxCount=3, TagSpecifications=tags
    )["Instances"]
    assert len(launched) == 3
    found = ec2.describe_tags(Filters=[{"Name": "key", "Values": ["Launch"]}])["Tags"]
    assert {tag["ResourceId"] for tag in found} == {each["InstanceId"] for each in launched}
