"""What there is in an embedded AWS."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from tests.e2e.harness import ACCOUNT, REGION, Aws

Associations = Mapping[str, Mapping[str, Any]]


def associations(aws: Aws, account: str = ACCOUNT, region: str = REGION) -> Associations:
    """DescribeAssociation's answers by association name; a name that is there twice fails."""
    ssm = aws.client("ssm", account, region)
    found: dict[str, Mapping[str, Any]] = {}
    for page in ssm.get_paginator("list_associations").paginate():
        for each in page["Associations"]:
            answer = ssm.describe_association(AssociationId=each["AssociationId"])
            description = answer["AssociationDescription"]
            name = description["AssociationName"]
            assert name not in found, f"{name} is there twice"
            found[name] = description
    return found


def inventory(aws: Aws, account: str = ACCOUNT, regions: tuple[str, ...] = (REGION,)) -> set[str]:
    """Everything in an account that a patch policy could leave behind, as `kind name`."""
    return set(_global(aws, account)).union(*(_regional(aws, account, each) for each in regions))


def _global(aws: Aws, account: str) -> Iterator[str]:
    iam = aws.client("iam", account)
    for role in iam.list_roles(MaxItems=1000)["Roles"]:
        name = role["RoleName"]
        yield f"role {name}"
        for policy in iam.list_role_policies(RoleName=name)["PolicyNames"]:
            yield f"inline policy {name} {policy}"
        for policy in iam.list_attached_role_policies(RoleName=name)["AttachedPolicies"]:
            yield f"attached policy {name} {policy['PolicyArn']}"
    for profile in iam.list_instance_profiles()["InstanceProfiles"]:
        yield f"instance profile {profile['InstanceProfileName']}"
    for policy in iam.list_policies(Scope="Local")["Policies"]:
        yield f"policy {policy['PolicyName']}"
    for bucket in aws.client("s3", account).list_buckets()["Buckets"]:
        yield f"bucket {bucket['Name']}"


def _regional(aws: Aws, account: str, region: str) -> Iterator[str]:
    for function in aws.client("lambda", account, region).list_functions()["Functions"]:
        yield f"{region} function {function['FunctionName']}"
    for group in aws.client("logs", account, region).describe_log_groups()["logGroups"]:
        yield f"{region} log group {group['logGroupName']}"
    ssm = aws.client("ssm", account, region)
    own = [{"Key": "Owner", "Values": ["Self"]}]
    for document in ssm.list_documents(Filters=own)["DocumentIdentifiers"]:
        yield f"{region} document {document['Name']}"
    for association in associations(aws, account, region):
        yield f"{region} association {association}"
