"""What moto holds; the only place that reaches into its backends."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

from modules.local_aws.policy_evaluation import Policy

Place = tuple[str, str]
"""An account ID and a region."""

MotoObject = Any
"""Something of moto's, which ships no types."""


def _of(backends: MotoObject, account: str, region: str) -> MotoObject:
    """A backend that is there, or a new one: moto's look-up goes through all of its services."""
    here = dict.get(backends, account, {})
    found = dict.get(here, region)
    return backends[account][region] if found is None else found


def iam(account: str) -> MotoObject:
    """The IAM backend of an account."""
    from moto.iam.models import iam_backends  # noqa: PLC0415  # moto is slow to import

    return _of(iam_backends, account, "aws")


def ssm(place: Place) -> MotoObject:
    """The Systems Manager backend of an account in a region."""
    from moto.ssm.models import ssm_backends  # noqa: PLC0415  # moto is slow to import

    return _of(ssm_backends, *place)


def ec2(place: Place) -> MotoObject:
    """The EC2 backend of an account in a region."""
    from moto.ec2.models import ec2_backends  # noqa: PLC0415  # moto is slow to import

    return _of(ec2_backends, *place)


def instance_tags(place: Place, instance_id: str) -> dict[str, str]:
    """An EC2 instance's tags."""
    return dict(ec2(place).tags.get(instance_id, {}))


def instance_state(place: Place, instance_id: str) -> str:
    """An EC2 instance's state: `running`, `stopped`, `terminated` ..."""
    return str(ec2(place).get_instance(instance_id).state)


def instance_role(place: Place, instance_id: str) -> MotoObject:
    """The role in an EC2 instance's profile, or None."""
    found = ec2(place).iam_instance_profile_associations.get(instance_id)
    roles = found.iam_instance_profile.roles if found else []
    return roles[0] if roles else None


def logs(place: Place) -> MotoObject:
    """The CloudWatch Logs backend of an account in a region."""
    from moto.logs.models import logs_backends  # noqa: PLC0415  # moto is slow to import

    return _of(logs_backends, *place)


def find_function(place: Place, name_or_arn: str, qualifier: str | None = None) -> MotoObject:
    """A Lambda function, or None."""
    from moto.awslambda.exceptions import UnknownFunctionException  # noqa: PLC0415
    from moto.awslambda.models import lambda_backends  # noqa: PLC0415  # moto is slow to import

    try:
        return lambda_backends[place[0]][place[1]].get_function(name_or_arn, qualifier)
    except UnknownFunctionException:
        return None


def find_bucket(name: str) -> MotoObject:
    """A bucket, whosever it is, or None."""
    from moto.s3.models import s3_backends  # noqa: PLC0415  # moto is slow to import

    if name not in s3_backends.bucket_accounts:
        return None
    partition, account = s3_backends.bucket_accounts[name]
    return s3_backends[account][partition].buckets.get(name)


def find_role(role_arn: str) -> MotoObject:
    """A role by ARN, or None."""
    role = role_by_name(role_arn.split(":")[4], role_arn)
    return role if role is not None and role.arn == role_arn else None


def role_by_name(account: str, name: str) -> MotoObject:
    """A role by name, with its path in front of it or without, or None."""
    short = name.rsplit("/", 1)[-1]
    return next((role for role in iam(account).roles.values() if role.name == short), None)


def role_policies(role: MotoObject) -> list[Policy]:
    """A role's inline and attached policies."""
    return [parse_policy(text) for text in policy_texts(role)]


def policy_texts(role: MotoObject) -> list[str]:
    """A role's inline and attached policies as they were given."""
    attached = [
        version.document
        for policy in role.managed_policies.values()
        for version in policy.versions
        if version.is_default
    ]
    return [*role.policies.values(), *attached]


def boundary_text(role: MotoObject) -> str | None:
    """A role's permissions boundary as it was given; None for a role without.

    One that is not there allows nothing.
    """
    arn = role.permissions_boundary_arn
    if not arn:
        return None
    policy = iam(role.account_id).managed_policies.get(arn)
    if policy is None:
        return '{"Statement": []}'
    return str(next(version.document for version in policy.versions if version.is_default))


def role_boundary(role: MotoObject) -> Policy | None:
    """What a role may do at most, whatever its policies say; None for a role without boundary."""
    text = boundary_text(role)
    return parse_policy(text) if text is not None else None


@lru_cache(maxsize=1024)
def parse_policy(text: str) -> Policy:
    """A policy document. It is asked for at every call; nobody changes what is parsed."""
    parsed: Policy = json.loads(text)
    return parsed


def role_tags(role: MotoObject) -> dict[str, str]:
    """A role's tags."""
    return {tag["Key"]: tag["Value"] for tag in role.tags}


def profile_roles(account: str, profile: Mapping[str, str]) -> list[str]:
    """The ARNs of the roles in an instance profile that is given by its Name or its Arn."""
    name = profile.get("Name") or profile.get("Arn", "").rpartition("/")[2]
    found = iam(account).instance_profiles.values()
    return [role.arn for each in found if each.name == name for role in each.roles]


def reset() -> None:
    """Forget everything that moto holds."""
    from moto.core.base_backend import BackendDict  # noqa: PLC0415  # moto is slow to import

    every_service: list[MotoObject] = BackendDict._instances  # type: ignore[misc]  # moto's own
    for backends in list(every_service):
        if backends.service_name == "s3":  # its objects are files, to be removed one by one
            for of_account in backends.values():
                of_account.reset()
        # moto's own reset would build each backend anew first, to throw it away then.
        backends.clear()


def find_user_account(access_key_id: str) -> str | None:
    """The account of an IAM user's access key, or None for a key that nobody has."""
    from moto.iam.models import iam_backends  # noqa: PLC0415  # moto is slow to import

    accounts = list(iam_backends.items())
    return next((a for a, here in accounts if access_key_id in here["aws"].access_keys), None)


def put_object(bucket: MotoObject, key: str, text: str) -> None:
    """Write an object, as S3 itself does when it delivers an access log."""
    from moto.s3.models import s3_backends  # noqa: PLC0415  # moto is slow to import

    s3_backends[bucket.account_id][bucket.partition].put_object(bucket.name, key, text.encode())


def delete_objects(
    bucket: MotoObject, objects: Sequence[Mapping[str, str]], *, bypass: bool
) -> tuple[list[dict[str, Any]], list[Mapping[str, str]]]:
    """Delete objects, or versions of some: those that were, as S3 tells it, and those locked."""
    from moto.s3.models import s3_backends  # noqa: PLC0415  # moto is slow to import

    backend = s3_backends[bucket.account_id][bucket.partition]
    deleted: list[dict[str, Any]] = []
    locked: list[Mapping[str, str]] = []
    for each in objects:
        done, refused = backend.delete_objects(bucket.name, [dict(each)], bypass_retention=bypass)
        locked += [each for _ in refused]
        for key, version, marker in done:
            named = {"Key": key} | ({"VersionId": version} if version else {})
            made = {"DeleteMarker": True, "DeleteMarkerVersionId": marker} if marker else {}
            deleted.append({**named, **made})
    return deleted, locked


def find_object(bucket: MotoObject, key: str) -> MotoObject:
    """An object of a bucket, or None."""
    from moto.s3.models import s3_backends  # noqa: PLC0415  # moto is slow to import

    return s3_backends[bucket.account_id][bucket.partition].get_object(bucket.name, key)


def run_instance(place: Place, tags: dict[str, str]) -> str:
    """Launch an EC2 instance and return its ID."""
    reservation = ec2(place).run_instances(
        "ami-12c6146b",  # one of moto's own
        1,
        None,
        [],
        instance_type="t3.micro",
        is_instance_type_default=True,  # no look through the 700 types that there are
        region_name=place[1],
        tags={"instance": tags},
    )
    return str(reservation.instances[0].id)


def create_managed_role(account: str, name: str, trust: str, policy_arn: str) -> None:
    """Create a role with one managed policy, unless the account has a role of that name."""
    backend = iam(account)
    if any(role.name == name for role in backend.roles.values()):
        return
    backend.create_role(name, trust, "/", None, "", [], None)
    backend.attach_role_policy(policy_arn, name)


def give_profile(place: Place, instance_id: str, profile: str, role: str | None) -> None:
    """Give an instance a profile, which is made if need be; with a role, or without one."""
    backend = iam(place[0])
    if profile not in backend.instance_profiles:
        backend.create_instance_profile(profile, "/", [role] if role else [])
    ec2(place).associate_iam_instance_profile(instance_id, iam_instance_profile_name=profile)


def group_query(place: Place, name: str) -> str | None:
    """The tag query of a resource group, in JSON; None where there is no such group."""
    from moto.resourcegroups.models import resourcegroups_backends  # noqa: PLC0415  # slow

    group = resourcegroups_backends[place[0]][place[1]].groups.by_name.get(name)
    return str(group.resource_query["Query"]) if group else None
