"""Finding nodes through other services: the tagging API and resource groups.

moto does not know Systems Manager's managed instances, and has no ListGroupResources.
Sources: API reference of GetResources, UntagResources and ListGroupResources.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from modules.local_aws import moto_backends
from modules.local_aws.call import Call, Operation, Result
from modules.local_aws.errors import AwsError, unsupported
from modules.local_aws.managed_nodes import node_tags
from modules.local_aws.node_identity import arn_of
from modules.local_aws.permissions import Need, may

if TYPE_CHECKING:
    from modules.local_aws.state import State

HYBRID_NODES = "ssm:managed-instance"
_STACK_TAG = "aws:cloudformation:stack-id"  # on everything that a stack made
_TYPES = {True: "AWS::SSM::ManagedInstance", False: "AWS::EC2::Instance"}


def _get_resources(state: State, call: Call) -> Result | None:
    """GetResources for hybrid nodes alone; every other type is moto's."""
    types = call.parameters.get("ResourceTypeFilters", [])
    if HYBRID_NODES not in types:
        return None
    if types != [HYBRID_NODES]:
        raise unsupported(f"GetResources for {HYBRID_NODES} together with other types")
    found = [
        {"ResourceARN": arn_of(call.place, machine), "Tags": as_list(tags)}
        for machine in state.nodes.at(call.place).values()
        if machine.is_hybrid
        for tags in [node_tags(state, call.place, machine)]
        if tags and _tags_match(tags, call.parameters.get("TagFilters", ()))
    ]
    return _tagging_page(found, call)


def as_list(tags: Mapping[str, str]) -> list[dict[str, str]]:
    """Tags as AWS lists them."""
    return [{"Key": key, "Value": value} for key, value in tags.items()]


def _tags_match(tags: Mapping[str, str], filters: Sequence[Mapping[str, Any]]) -> bool:
    """All filters apply; a filter without values asks for the key alone."""
    return all(
        f["Key"] in tags and (not f.get("Values") or tags[f["Key"]] in f["Values"]) for f in filters
    )


def _tagging_page(found: list[dict[str, Any]], call: Call) -> Result:
    start = int(call.parameters.get("PaginationToken") or 0)
    end = start + int(call.parameters.get("ResourcesPerPage", 50))
    token = str(end) if end < len(found) else ""
    return {"ResourceTagMappingList": found[start:end], "PaginationToken": token}


def _untag_resources(state: State, call: Call) -> Result | None:
    arns = call.parameters["ResourceARNList"]
    ours = [arn for arn in arns if ":managed-instance/" in arn]
    if not ours:
        return None
    if len(ours) < len(arns):
        raise unsupported("UntagResources for hybrid nodes together with other resources")
    failed = {}
    for arn in arns:
        node_id = arn.rsplit("/", 1)[-1]
        if node_id not in state.nodes.at(call.place):
            failed[arn] = {
                "StatusCode": 404,
                "ErrorCode": "InvalidParameterException",
                "ErrorMessage": f"{arn} does not exist.",
            }
            continue
        if not _may_untag(state, call, arn):
            failed[arn] = {
                "StatusCode": 400,
                "ErrorCode": "InvalidParameterException",
                "ErrorMessage": f"{call.principal.arn} is not authorized to perform: "
                f"ssm:RemoveTagsFromResource on resource: {arn}",
            }
            continue
        tags = state.tags.of(call.place, "ManagedInstance", node_id)
        for key in call.parameters["TagKeys"]:
            tags.pop(key, None)
    return {"FailedResourcesMap": failed}


def _may_untag(state: State, call: Call, arn: str) -> bool:
    """Beside tag:UntagResources, the service's own action for removing tags is needed.

    Source: API reference of UntagResources.
    """
    need = Need(
        action="ssm:RemoveTagsFromResource",
        resource=arn,
        keys={"aws:TagKeys": tuple(call.parameters["TagKeys"])},
    )
    return may(state, call.principal, need, call.region)


def group_members(state: State, place: tuple[str, str], name: str) -> list[str]:
    """The IDs of a resource group's machines; none where there is no such group."""
    query = moto_backends.group_query(place, name)
    found = _members(state, place, json.loads(query)) if query is not None else ()
    return [arn.rsplit("/", 1)[-1] for arn, _ in found]


def _list_group_resources(state: State, call: Call) -> Result:
    """The machines that a tag query of a resource group finds."""
    name = call.parameters.get("Group") or call.parameters.get("GroupName", "")
    query = moto_backends.group_query(call.place, name.rsplit("/", 1)[-1])
    if query is None:
        raise AwsError("NotFoundException", f"Resource group {name} not found.", status=404)
    _check_stack(state, call, json.loads(query))
    members = [
        {"Identifier": {"ResourceArn": arn, "ResourceType": kind}}
        for arn, kind in _members(state, call.place, json.loads(query))
    ]
    start = int(call.parameters.get("NextToken") or 0)
    end = start + int(call.parameters.get("MaxResults", 50))
    token = {"NextToken": str(end)} if end < len(members) else {}
    return {"Resources": members[start:end], **token}


def _members(
    state: State, place: tuple[str, str], query: Mapping[str, Any]
) -> Iterator[tuple[str, str]]:
    wanted = set(query.get("ResourceTypeFilters", ()))
    stack = query.get("StackIdentifier")
    filters = [{"Key": _STACK_TAG, "Values": [stack]}] if stack else query.get("TagFilters", ())
    for machine in state.nodes.at(place).values():
        kind = _TYPES[machine.is_hybrid]
        of_type = "AWS::AllSupported" in wanted or kind in wanted
        tags = node_tags(state, place, machine)
        if of_type and _tags_match(tags, filters):
            yield arn_of(place, machine), kind


def _check_stack(state: State, call: Call, query: Mapping[str, Any]) -> None:
    """A group that is a CloudFormation stack is listed through CloudFormation, as the caller.

    Source: "Permissions to list resources in a group" in the Resource Groups User Guide.
    """
    stack = query.get("StackIdentifier")
    for action in ("DescribeStacks", "ListStackResources") if stack else ():
        need = Need(action=f"cloudformation:{action}", resource=str(stack))
        if not may(state, call.principal, need, call.region):
            raise AwsError(
                "UnauthorizedException",
                f"User: {call.principal.arn} is not authorized to perform: {need.action} on "
                f"resource: {need.resource}",
                status=403,
            )


OPERATIONS: Mapping[str, Mapping[str, Operation]] = {
    "resource-groups": {"ListGroupResources": _list_group_resources},
    "resourcegroupstaggingapi": {
        "GetResources": _get_resources,
        "UntagResources": _untag_resources,
    },
}
