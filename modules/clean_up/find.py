"""Finding what the runbooks left behind. Reads only."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

from modules.clean_up.traces import (
    NameTags,
    PolicyBearers,
    ProfileAssociations,
    RoleMarks,
    Trace,
)
from modules.quick_setup import names
from modules.quick_setup.names import Place

if TYPE_CHECKING:
    from boto3 import Session
    from mypy_boto3_iam import IAMClient

    from modules.policy.model import PatchPolicy

# IAM answers about 20 reads a second to one account; more workers only meet throttling.
ROLE_READERS = 8


def find_traces(policy: PatchPolicy, session: Session) -> tuple[Trace, ...]:
    """Name tags in every region of the policy, then marks on roles that are not Terraform's."""
    return (*find_name_tags(policy, session, policy.regions), *_role_marks(policy, session))


def find_name_tags(
    policy: PatchPolicy, session: Session, regions: Sequence[str]
) -> tuple[Trace, ...]:
    """The policy's name tag on nodes of these regions."""
    found = (_name_tags(policy, session, region) for region in regions)
    return tuple(trace for trace in found if trace)


def find_profile_associations(policy: PatchPolicy, session: Session) -> tuple[Trace, ...]:
    """Instances that hold the default profile, whichever policy gave it to them."""
    found = (_profile_associations(session, region) for region in policy.regions)
    return tuple(trace for trace in found if trace)


def find_policy_bearers(place: Place, session: Session, told: Sequence[Trace]) -> tuple[Trace, ...]:
    """Roles with the baseline policy which neither Terraform nor a trace that is `told` takes off.

    IAM deletes no policy that somebody bears.
    """
    arn = names.baseline_policy_arn(place)
    client = session.client("iam")
    pages = client.get_paginator("list_entities_for_policy").paginate(
        PolicyArn=arn, EntityFilter="Role"
    )
    known = {names.DEFAULT_ROLE}
    known |= {each.role for each in told if isinstance(each, RoleMarks) and arn in each.policies}
    try:
        found = [role["RoleName"] for page in pages for role in page["PolicyRoles"]]
    except client.exceptions.NoSuchEntityException:
        return ()
    roles = tuple(sorted(set(found) - known))
    return (PolicyBearers(policy_arn=arn, roles=roles),) if roles else ()


def _name_tags(policy: PatchPolicy, session: Session, region: str) -> NameTags | None:
    key = names.name_tag_key(policy.configuration_id)
    instances = tuple(_tagged_instances(session, region, key))
    hybrid_nodes = tuple(_tagged_hybrid_nodes(session, region, key))
    if not instances and not hybrid_nodes:
        return None
    return NameTags(region=region, tag_key=key, instances=instances, hybrid_nodes=hybrid_nodes)


def _tagged_instances(session: Session, region: str, key: str) -> Iterator[str]:
    pages = session.client("ec2", region_name=region).get_paginator("describe_tags")
    filters = [{"Name": "key", "Values": [key]}, {"Name": "resource-type", "Values": ["instance"]}]
    for page in pages.paginate(Filters=filters):  # type: ignore[arg-type]  # stubs want a TypedDict
        for tag in page["Tags"]:
            yield tag["ResourceId"]


def _tagged_hybrid_nodes(session: Session, region: str, key: str) -> Iterator[str]:
    client = session.client("resourcegroupstaggingapi", region_name=region)
    pages = client.get_paginator("get_resources")
    for page in pages.paginate(
        ResourceTypeFilters=["ssm:managed-instance"], TagFilters=[{"Key": key}]
    ):
        for resource in page["ResourceTagMappingList"]:
            yield resource["ResourceARN"].rsplit("/", 1)[-1]


def _role_marks(policy: PatchPolicy, session: Session) -> Iterator[RoleMarks]:
    client = session.client("iam")
    pages = client.get_paginator("list_roles").paginate()
    roles = [
        role["RoleName"]
        for page in pages
        for role in page["Roles"]
        # AWS's own roles cannot be changed; the default role's marks are Terraform's where it is
        if not role["Path"].startswith("/aws-service-role/")
        and not (
            role["RoleName"] == names.DEFAULT_ROLE and policy.instance_roles.manage_default_role
        )
        and role["RoleName"] != names.baseline_function_role(policy.configuration_id)
    ]
    with ThreadPoolExecutor(ROLE_READERS) as readers:
        for role, tags in zip(roles, readers.map(lambda r: _tags(client, r), roles), strict=True):
            marks = _marks(policy.configuration_id, role, tags, client)
            if marks:
                yield marks


def _tags(client: IAMClient, role: str) -> dict[str, str]:
    pages = client.get_paginator("list_role_tags").paginate(RoleName=role)
    return {tag["Key"]: tag["Value"] for page in pages for tag in page["Tags"]}


def _marks(
    configuration_id: str, role: str, tags: dict[str, str], client: IAMClient
) -> RoleMarks | None:
    attached_key = names.attached_tag_key(configuration_id)
    own = tuple(key for key in (names.role_tag_key(configuration_id), attached_key) if key in tags)
    if not own:
        return None
    recorded = set(tags.get(attached_key, "").split())
    prefix = names.role_tag_key("")
    others = sorted(key for key in tags if key.startswith(prefix) and key not in own)
    if others:
        heir = names.attached_tag_key(others[0].removeprefix(prefix))
        inherited = " ".join(sorted(recorded | set(tags.get(heir, "").split())))
        return RoleMarks(role=role, tag_keys=own, policies=(), heir=heir, inherited=inherited)
    return RoleMarks(role=role, tag_keys=own, policies=_attached(client, role, recorded))


def _attached(client: IAMClient, role: str, recorded: set[str]) -> tuple[str, ...]:
    if not recorded:
        return ()
    pages = client.get_paginator("list_attached_role_policies").paginate(RoleName=role)
    return tuple(
        policy["PolicyArn"]
        for page in pages
        for policy in page["AttachedPolicies"]
        if policy["PolicyName"] in recorded
    )


def _profile_associations(session: Session, region: str) -> ProfileAssociations | None:
    client = session.client("ec2", region_name=region)
    pages = client.get_paginator("describe_iam_instance_profile_associations").paginate()
    found = tuple(
        association["AssociationId"]
        for page in pages
        for association in page["IamInstanceProfileAssociations"]
        if association["IamInstanceProfile"]["Arn"].rsplit("/", 1)[-1] == names.DEFAULT_ROLE
    )
    return ProfileAssociations(region=region, association_ids=found) if found else None
