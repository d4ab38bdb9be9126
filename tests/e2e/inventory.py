"""What there is in an embedded AWS."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from tests.e2e.aws import ACCOUNT, REGION, Aws

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
        for tag in iam.list_role_tags(RoleName=name)["Tags"]:
            yield f"role tag {name} {tag['Key']}={tag['Value']}"
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
    for node, tag in _node_tags(aws, account, region):
        yield f"{region} tag {node} {tag['Key']}={tag['Value']}"


def _node_tags(aws: Aws, account: str, region: str) -> Iterator[tuple[str, Mapping[str, str]]]:
    for tag in aws.client("ec2", account, region).describe_tags()["Tags"]:
        yield tag["ResourceId"], tag
    ssm = aws.client("ssm", account, region)
    for node in aws.ask("GET", "fleet"):
        if (node["account"], node["region"], node["kind"]) == (account, region, "hybrid"):
            kind = {"ResourceType": "ManagedInstance", "ResourceId": node["id"]}
            for tag in ssm.list_tags_for_resource(**kind)["TagList"]:
                yield node["id"], tag


def bucket_settings(aws: Aws, name: str) -> dict[str, Any]:
    """Everything that is set on a bucket."""
    s3 = aws.client("s3")
    return {
        "versioning": s3.get_bucket_versioning(Bucket=name)["Status"],
        "encryption": s3.get_bucket_encryption(Bucket=name)["ServerSideEncryptionConfiguration"],
        "public access": s3.get_public_access_block(Bucket=name)["PublicAccessBlockConfiguration"],
        "ownership": s3.get_bucket_ownership_controls(Bucket=name)["OwnershipControls"],
        "lifecycle": s3.get_bucket_lifecycle_configuration(Bucket=name)["Rules"],
        "logging": s3.get_bucket_logging(Bucket=name).get("LoggingEnabled"),
        "policy": json.loads(s3.get_bucket_policy(Bucket=name)["Policy"]),
    }


def function_log(aws: Aws) -> list[str]:
    """What the one function has logged."""
    logs = aws.client("logs")
    group = logs.describe_log_groups(logGroupNamePrefix="/aws/lambda/baseline-overrides-")[
        "logGroups"
    ][0]
    events = logs.filter_log_events(logGroupName=group["logGroupName"])["events"]
    return [event["message"] for event in events]


def documents(aws: Aws) -> dict[str, str]:
    """The content of the account's own documents, by name."""
    ssm = aws.client("ssm")
    own = [{"Key": "Owner", "Values": ["Self"]}]
    names = [each["Name"] for each in ssm.list_documents(Filters=own)["DocumentIdentifiers"]]
    return {name: ssm.get_document(Name=name)["Content"] for name in names}
