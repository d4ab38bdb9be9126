"""What AWS has under the names of a stack, against what its state knows."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from botocore.exceptions import ClientError

from modules.quick_setup import names

if TYPE_CHECKING:
    from pathlib import Path

    from boto3 import Session

    from modules.preflight.stack_files import NamedResource, StackFiles

ABSENT = frozenset(
    {"404", "InvalidDocument", "NoSuchBucket", "NoSuchEntity", "ResourceNotFoundException"}
)


class Finding(Protocol):
    """Something that stands in the way of a deploy."""

    def describe(self) -> str:
        """What was found, and the command or the edit that puts it right."""


@dataclass(frozen=True, kw_only=True)
class Stranger:
    """Something that exists under a stack's name and is not in the stack's state."""

    resource: NamedResource
    identity: str
    directory: Path
    surplus: bool

    def describe(self) -> str:
        """What was found, and the command that puts it right."""
        found = f"{_named(self.resource)} exists"
        if self.surplus:
            return (
                f"{found} more than once, also as {self.identity}; both would run; delete this "
                f"one: aws ssm delete-association --association-id {self.identity}"
            )
        return (
            f"{found} and is not in its state; import it: terraform -chdir={self.directory} "
            f"import {self.resource.address} {self.identity}"
        )


@dataclass(frozen=True, kw_only=True)
class NothingToAdopt:
    """What the configuration imports, and AWS has not: Terraform would refuse to plan."""

    resource: NamedResource

    def describe(self) -> str:
        """What was found, and what to edit."""
        key = (
            "adopt_baseline_policy"
            if self.resource.type == "aws_iam_policy"
            else "adopt_default_role"
        )
        return (
            f"{_named(self.resource)} does not exist, and {key} imports it; set {key}: false, so "
            "that it is created"
        )


@dataclass(frozen=True, kw_only=True)
class LostMarker:
    """A tag of another patch policy, which the deploy would take off the shared role."""

    resource: NamedResource
    configuration_id: str

    def describe(self) -> str:
        """What was found, and what to edit."""
        return (
            f"{_named(self.resource)} has the tag {names.role_tag_key(self.configuration_id)}, "
            "which a deploy removes: nodes could not read that patch policy's baselines any more; "
            f"add {self.configuration_id} to other_configuration_ids, or remove the tag yourself"
        )


def _named(resource: NamedResource) -> str:
    return f"{resource.stack}: {resource.type} {resource.name!r}"


def find_obstacles(stack: StackFiles, session: Session) -> Iterator[Finding]:
    """What a deploy of this stack would collide with, silently double, or take from others."""
    for resource in stack.resources:
        known = stack.identities.get(resource.address)
        if (resource.type, resource.name) == ("aws_iam_role", names.DEFAULT_ROLE):
            ours = {*resource.tags, *stack.tags.get(resource.address, ())}
            yield from _lost_markers(session, resource, ours)
        if known is not None and resource.type != "aws_ssm_association":
            continue  # only associations share names: the rest is the state's own
        found = LOOKUPS[resource.type](session, stack.region, resource)
        if resource.adopted:
            yield from [] if found else [NothingToAdopt(resource=resource)]
            continue
        strangers = [identity for identity in found if identity != known]
        for index, identity in enumerate(strangers):
            yield Stranger(
                resource=resource,
                identity=identity,
                directory=stack.directory,
                surplus=known is not None or index > 0,
            )


def _lost_markers(
    session: Session, role: NamedResource, ours: Collection[str]
) -> Iterator[LostMarker]:
    """Tags that Terraform never set: a policy that was removed from the app takes its own along."""
    client = session.client("iam")
    prefix = names.role_tag_key("")
    pages = client.get_paginator("list_role_tags").paginate(RoleName=role.name)
    try:
        keys = [tag["Key"] for page in pages for tag in page["Tags"]]
    except client.exceptions.NoSuchEntityException:
        return
    for key in keys:
        if key.startswith(prefix) and key not in ours:
            yield LostMarker(resource=role, configuration_id=key.removeprefix(prefix))


Lookup = Callable[["Session", str, "NamedResource"], list[str]]


def _one(service: str, operation: str, parameter: str) -> Lookup:
    """A resource that its name identifies: there, or not."""

    def look_up(session: Session, region: str, resource: NamedResource) -> list[str]:
        client: Any = session.client(service, region_name=region)  # type: ignore[call-overload]
        try:
            getattr(client, operation)(**{parameter: resource.name})
        except ClientError as error:
            if error.response["Error"]["Code"] in ABSENT:
                return []
            raise
        return [resource.name]

    return look_up


def _policy(session: Session, region: str, resource: NamedResource) -> list[str]:
    identity = session.client("sts", region_name=region).get_caller_identity()
    place = names.Place(
        account=identity["Account"], partition=identity["Arn"].split(":")[1], region=region
    )
    arn = names.arn(place, "iam", f"policy{resource.path}{resource.name}", account=place.account)
    client = session.client("iam")
    try:
        client.get_policy(PolicyArn=arn)
    except client.exceptions.NoSuchEntityException:
        return []
    return [arn]


def _log_group(session: Session, region: str, resource: NamedResource) -> list[str]:
    client = session.client("logs", region_name=region)
    pages = client.get_paginator("describe_log_groups").paginate(logGroupNamePrefix=resource.name)
    found = (group["logGroupName"] for page in pages for group in page["logGroups"])
    return [name for name in found if name == resource.name]


def _associations(session: Session, region: str, resource: NamedResource) -> list[str]:
    client = session.client("ssm", region_name=region)
    pages = client.get_paginator("list_associations").paginate(
        AssociationFilterList=[{"key": "AssociationName", "value": resource.name}]
    )
    return [found["AssociationId"] for page in pages for found in page["Associations"]]


LOOKUPS: Mapping[str, Lookup] = {
    "aws_cloudwatch_log_group": _log_group,
    "aws_iam_instance_profile": _one("iam", "get_instance_profile", "InstanceProfileName"),
    "aws_iam_policy": _policy,
    "aws_iam_role": _one("iam", "get_role", "RoleName"),
    "aws_lambda_function": _one("lambda", "get_function", "FunctionName"),
    "aws_s3_bucket": _one("s3", "head_bucket", "Bucket"),
    "aws_ssm_association": _associations,
    "aws_ssm_document": _one("ssm", "describe_document", "Name"),
}
