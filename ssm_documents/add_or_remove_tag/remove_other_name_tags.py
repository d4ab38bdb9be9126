"""Remove the name tags of other patch policies from a node.

A node under an exclusive policy shows that policy's name alone. The own tag is left as it is.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import boto3
from botocore.config import Config

PREFIX = "QSConfigName-"
RETRIES = Config(retries={"mode": "standard", "max_attempts": 6})


def handler(events: Mapping[str, str], context: object) -> dict[str, list[str]]:
    """Remove them, and return their keys."""
    node = events["InstanceId"]
    own_key = f"{PREFIX}{events['QSConfigurationId']}"
    remove = _remove_from_hybrid_node if node.startswith("mi-") else _remove_from_instance
    return {"RemovedKeys": remove(node, own_key)}


def _remove_from_instance(instance_id: str, own_key: str) -> list[str]:
    ec2 = boto3.client("ec2", config=RETRIES)
    pages = ec2.get_paginator("describe_tags").paginate(
        Filters=[
            {"Name": "resource-id", "Values": [instance_id]},
            {"Name": "key", "Values": [f"{PREFIX}*"]},
        ]
    )
    keys = _others((tag["Key"] for page in pages for tag in page["Tags"]), own_key)
    if keys:
        ec2.delete_tags(Resources=[instance_id], Tags=[{"Key": key} for key in keys])
    return keys


def _remove_from_hybrid_node(node_id: str, own_key: str) -> list[str]:
    ssm = boto3.client("ssm", config=RETRIES)
    tags = ssm.list_tags_for_resource(ResourceType="ManagedInstance", ResourceId=node_id)
    keys = _others((tag["Key"] for tag in tags["TagList"]), own_key)
    if keys:
        ssm.remove_tags_from_resource(
            ResourceType="ManagedInstance", ResourceId=node_id, TagKeys=keys
        )
    return keys


def _others(keys: Iterable[str], own_key: str) -> list[str]:
    return sorted(key for key in keys if key.startswith(PREFIX) and key != own_key)
