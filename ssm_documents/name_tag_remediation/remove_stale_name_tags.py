"""Take the patch policy's name tag off the nodes that the policy does not target any more.

EC2 instances are found through DescribeTags and hybrid nodes through the tagging API, so stopped,
unmanaged and disconnected nodes are found too; SSM Inventory misses those. Which nodes are targeted
is known in full before the first tag is removed: a query that fails removes nothing.

The tag goes whatever its value is. Its key holds the configuration ID, so it is this policy's tag
even where the policy was renamed since. A run that gets near the limit of 600 seconds ends in good
order, and as it works on the difference of two sets, the next one goes on where it ended.
"""

from __future__ import annotations

import json
import re
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

if TYPE_CHECKING:
    from mypy_boto3_ec2 import EC2Client
    from mypy_boto3_ssm import SSMClient

BUDGET_SECONDS = 540  # of the 600 that an aws:executeScript step may take
INSTANCES_PER_CALL = 500  # DeleteTags takes 1,000; EC2 advises smaller batches
NODES_PER_CALL = 20  # the most that UntagResources takes

Item = TypeVar("Item")


class Tag(NamedTuple):
    """A tag that nodes are selected by; any value of it where the value is None."""

    key: str
    value: str | None = None


class HybridNode(NamedTuple):
    """A hybrid node with all its tags."""

    arn: str
    tags: Mapping[str, str]

    def has(self, tag: Tag) -> bool:
        """Whether the node carries the tag."""
        return tag.key in self.tags and tag.value in (None, self.tags[tag.key])


class Region:
    """The region's services, and the time that is left for calling them."""

    def __init__(self, name: str) -> None:
        """Start the clock."""
        self.ends = time.monotonic() + BUDGET_SECONDS
        config = Config(retries={"mode": "standard", "max_attempts": 6}, read_timeout=20)
        self.ec2: EC2Client = boto3.client("ec2", region_name=name, config=config)
        self.ssm: SSMClient = boto3.client("ssm", region_name=name, config=config)
        self.tagging = boto3.client("resourcegroupstaggingapi", region_name=name, config=config)
        self.groups = boto3.client("resource-groups", region_name=name, config=config)

    def has_time(self) -> bool:
        """Whether another call may begin."""
        return time.monotonic() < self.ends

    def all_of(self, pages: Iterable[Item]) -> Iterator[Item]:
        """Every page, or TimeoutError: half an answer must not pass for a whole one."""
        for page in pages:
            yield page
            if not self.has_time():
                raise TimeoutError("The nodes could not be listed in time; no tag was removed.")


def handler(events: Mapping[str, Any], context: object) -> dict[str, int]:
    """Remove the stale tags; count the tagged nodes, the tags removed and those left for later."""
    if events["TargetType"] == "*":
        return {"Tagged": 0, "Removed": 0, "Remaining": 0}
    region = Region(events["Region"])
    name_tag = Tag(events["NameKey"])
    instances = find_instances(region, name_tag)
    nodes = find_hybrid_nodes(region, name_tag)
    tagged = instances | nodes.keys()
    targeted = find_targeted(region, events["TargetType"], events["Targets"], nodes)
    stale = sorted(tagged - targeted)
    removal = Removal(region, name_tag.key)
    removal.from_instances([node for node in stale if node in instances])
    removal.from_hybrid_nodes([nodes[node].arn for node in stale if node in nodes])
    if removal.failures:
        node, reason = min(removal.failures.items())
        raise RuntimeError(
            f"{name_tag.key} could not be removed from {len(removal.failures)} of {len(stale)} "
            f"nodes, {node} among them: {reason}"
        )
    remaining = len(stale) - removal.removed
    return {"Tagged": len(tagged), "Removed": removal.removed, "Remaining": remaining}


def find_targeted(
    region: Region,
    target_type: str,
    targets: str | Mapping[str, str],
    nodes: Mapping[str, HybridNode],
) -> set[str]:
    """The IDs of the nodes that the policy targets; `nodes` are the hybrid nodes in question."""
    # Automation may hand JSON over parsed, as a payload is an object.
    target = json.loads(targets) if isinstance(targets, str) else targets
    if target_type == "InstanceIds":
        return set(target["Key"].split(","))
    if target_type == "ResourceGroups":
        return find_group_members(region, target["Key"])
    if target_type == "Tags":
        tag = Tag(target["Key"], target.get("Value"))
        return find_instances(region, tag) | {name for name, node in nodes.items() if node.has(tag)}
    raise ValueError(f"TargetType is {target_type!r}, not Tags, InstanceIds, ResourceGroups or *.")


def find_instances(region: Region, tag: Tag) -> set[str]:
    """The IDs of the instances that carry the tag, whatever their state."""
    filters = {"resource-type": "instance", "key": tag.key}
    if tag.value:
        filters["value"] = tag.value
    # In a filter * and ? are wildcards and \ escapes them. With ? for \ nothing is missed, and what
    # is found beyond the tag is left out below.
    pages = region.ec2.get_paginator("describe_tags").paginate(
        Filters=[{"Name": name, "Values": [re.sub(r"\\", "?", filters[name])]} for name in filters],
        PaginationConfig={"PageSize": 1000},
    )
    return {
        found["ResourceId"]
        for page in region.all_of(pages)
        for found in page["Tags"]
        if found["Key"] == tag.key and tag.value in (None, found["Value"])
    }


def find_hybrid_nodes(region: Region, tag: Tag) -> dict[str, HybridNode]:
    """The hybrid nodes that carry the tag, by their IDs."""
    pages = region.tagging.get_paginator("get_resources").paginate(
        ResourceTypeFilters=["ssm:managed-instance"],
        TagFilters=[{"Key": tag.key}],
        PaginationConfig={"PageSize": 100},
    )
    return {
        _last_part(found["ResourceARN"]): HybridNode(
            found["ResourceARN"], {tag["Key"]: tag["Value"] for tag in found["Tags"]}
        )
        for page in region.all_of(pages)
        for found in page["ResourceTagMappingList"]
    }


def find_group_members(region: Region, group: str) -> set[str]:
    """The IDs of a resource group's members."""
    pages = region.groups.get_paginator("list_group_resources").paginate(
        Group=group, PaginationConfig={"PageSize": 50}
    )
    return {
        _last_part(member["Identifier"]["ResourceArn"])
        for page in region.all_of(pages)
        for member in page["Resources"]
    }


class Removal:
    """Takes a tag off nodes, and goes on after a node that refuses."""

    def __init__(self, region: Region, key: str) -> None:
        """Nothing is removed yet."""
        self.region = region
        self.key = key
        self.removed = 0
        self.failures: dict[str, str] = {}

    def from_instances(self, instance_ids: Sequence[str]) -> None:
        """Remove it from EC2 instances, as far as the time goes."""
        for batch in _batches(instance_ids, INSTANCES_PER_CALL):
            if self.region.has_time():
                self._delete_tags(batch)

    def _delete_tags(self, instance_ids: Sequence[str]) -> None:
        try:
            self.region.ec2.delete_tags(Resources=instance_ids, Tags=[{"Key": self.key}])
        except ClientError as error:
            there = [name for name in instance_ids if name not in _named_as_gone(error)]
            if len(there) == len(instance_ids):
                self.failures.update(dict.fromkeys(instance_ids, str(error)))
                return
            self.removed += len(instance_ids) - len(there)
            if there:
                self._delete_tags(there)
        else:
            self.removed += len(instance_ids)

    def from_hybrid_nodes(self, arns: Sequence[str]) -> None:
        """Remove it from hybrid nodes, as far as the time goes."""
        for batch in _batches(arns, NODES_PER_CALL):
            if self.region.has_time():
                answer = self.region.tagging.untag_resources(
                    ResourceARNList=batch, TagKeys=[self.key]
                )
                refused = answer.get("FailedResourcesMap", {})
                self.removed += len(batch) - len(refused)
                for arn in refused:
                    self._remove_from_node(_last_part(arn))

    def _remove_from_node(self, node_id: str) -> None:
        try:
            self.region.ssm.remove_tags_from_resource(
                ResourceType="ManagedInstance", ResourceId=node_id, TagKeys=[self.key]
            )
        except self.region.ssm.exceptions.InvalidResourceId:
            self.removed += 1  # deregistered meanwhile, with its tags
        except ClientError as error:
            self.failures[node_id] = str(error)
        else:
            self.removed += 1


def _named_as_gone(error: ClientError) -> frozenset[str]:
    """The instances that an InvalidInstanceID.NotFound names: terminated since they were listed."""
    if error.response["Error"]["Code"] != "InvalidInstanceID.NotFound":
        return frozenset()
    return frozenset(re.findall(r"\bi-[0-9a-f]+\b", error.response["Error"]["Message"]))


def _last_part(arn: str) -> str:
    return arn.rpartition("/")[2]


def _batches(items: Sequence[Item], size: int) -> Iterator[Sequence[Item]]:
    return (items[start : start + size] for start in range(0, len(items), size))
