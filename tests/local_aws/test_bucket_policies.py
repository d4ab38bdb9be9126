"""Bucket policies and access logging, over the wire."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError

from modules.local_aws import LocalAws
from modules.local_aws.admin_actions import deliver_access_log, may_read

ACCOUNT, MEMBER, STRANGER = "123456789012", "111122223333", "999988887777"
BUCKET = "overrides-bucket"
KEY = "baseline_overrides.json"
OBJECT = f"arn:aws:s3:::{BUCKET}/{KEY}"
TAG = {"Key": "QSConfigId-a1b2c", "Value": "a1b2c"}
READ = {"Action": "s3:GetObject", "Resource": OBJECT}
UNTAGGED_ARE_DENIED = {
    "Effect": "Deny",
    "Principal": {"AWS": "*"},
    **READ,
    "Condition": {"StringNotEquals": {"aws:PrincipalTag/QSConfigId-a1b2c": "a1b2c"}},
}
ACCOUNT_MAY_READ = {"Effect": "Allow", "Principal": {"AWS": ACCOUNT}, **READ}
ORGANIZATION_MAY_READ = {
    "Effect": "Allow",
    "Principal": "*",
    **READ,
    "Condition": {"StringEquals": {"aws:PrincipalOrgID": "o-a1b2c3d4e5"}},
}
UNIT_MAY_READ = {
    "Effect": "Allow",
    "Principal": "*",
    **READ,
    "Condition": {
        "ForAnyValue:StringLike": {"aws:PrincipalOrgPaths": "o-a1b2c3d4e5/*/ou-ab12-22222222/*"}
    },
}
INSECURE_IS_DENIED = {
    "Effect": "Deny",
    "Principal": "*",
    "Action": "s3:*",
    "Resource": [f"arn:aws:s3:::{BUCKET}", f"arn:aws:s3:::{BUCKET}/*"],
    "Condition": {"Bool": {"aws:SecureTransport": "false"}},
}


def policy(*statements: dict[str, Any]) -> str:
    """A policy document."""
    return json.dumps({"Version": "2012-10-17", "Statement": statements})


@pytest.fixture
def s3(client: Any) -> Any:
    """A client, in an account with a bucket that holds one object."""
    s3 = client("s3")
    s3.create_bucket(Bucket=BUCKET)
    s3.put_object(Bucket=BUCKET, Key=KEY, Body=b"[]")
    return s3


@pytest.fixture
def role(client: Any) -> Callable[..., str]:
    """Make a role that may read everything, or what its policy says, and return its ARN."""

    def make(account: str, name: str = "Node", *, tags: Any = (), reads: str = "*") -> str:
        iam = client("iam", account)
        trusted = {"AWS": f"arn:aws:iam::{ACCOUNT}:root"}
        statement = {"Effect": "Allow", "Principal": trusted, "Action": "sts:AssumeRole"}
        iam.create_role(RoleName=name, AssumeRolePolicyDocument=policy(statement), Tags=tags)
        allow = {"Effect": "Allow", "Action": "s3:GetObject", "Resource": reads}
        iam.put_role_policy(RoleName=name, PolicyName="read", PolicyDocument=policy(allow))
        return f"arn:aws:iam::{account}:role/{name}"

    return make


def code_of(call: Any, **arguments: Any) -> str:
    """The error code that a call ends with."""
    with pytest.raises(ClientError) as caught:
        call(**arguments)
    return str(caught.value.response["Error"]["Code"])


def test_the_tag_decides_who_reads_whoever_it_is(
    s3: Any, role: Callable[..., str], client: Any, keys_of_role: Any
) -> None:
    s3.put_bucket_policy(
        Bucket=BUCKET, Policy=policy(INSECURE_IS_DENIED, UNTAGGED_ARE_DENIED, ACCOUNT_MAY_READ)
    )
    tagged = client("s3", **keys_of_role(role(ACCOUNT, "Tagged", tags=[TAG])))
    untagged = client("s3", **keys_of_role(role(ACCOUNT, "Untagged")))
    where = {"Bucket": BUCKET, "Key": KEY}
    assert tagged.get_object(**where)["Body"].read() == b"[]"
    assert code_of(untagged.get_object, **where) == "AccessDenied"
    assert code_of(s3.get_object, **where) == "AccessDenied"


def test_an_account_as_principal_leaves_the_decision_to_the_roles_own_policies(
    s3: Any, role: Callable[..., str], client: Any, keys_of_role: Any
) -> None:
    s3.put_bucket_policy(Bucket=BUCKET, Policy=policy(ACCOUNT_MAY_READ))
    elsewhere = role(ACCOUNT, "Elsewhere", reads="arn:aws:s3:::another/*")
    reader = client("s3", **keys_of_role(elsewhere))
    assert code_of(reader.get_object, Bucket=BUCKET, Key=KEY) == "AccessDenied"


@pytest.mark.parametrize(
    ("statement", "member", "stranger"),
    [
        (ACCOUNT_MAY_READ, False, False),
        (ORGANIZATION_MAY_READ, True, False),
        (UNIT_MAY_READ, True, False),
    ],
)
def test_other_accounts_read_as_their_place_in_the_organization_allows(
    s3: Any, client: Any, statement: dict[str, Any], *, member: bool, stranger: bool
) -> None:
    s3.put_bucket_policy(Bucket=BUCKET, Policy=policy(statement))
    for account, allowed in ((MEMBER, member), (STRANGER, stranger)):
        reader = client("s3", account)
        if allowed:
            assert reader.get_object(Bucket=BUCKET, Key=KEY)["Body"].read() == b"[]"
        else:
            assert code_of(reader.get_object, Bucket=BUCKET, Key=KEY) == "AccessDenied"


def test_a_unit_does_not_include_the_accounts_beside_it(
    s3: Any, aws: LocalAws, role: Callable[..., str]
) -> None:
    s3.put_bucket_policy(Bucket=BUCKET, Policy=policy(UNIT_MAY_READ))
    assert may_read(aws.state, role(MEMBER), BUCKET, KEY)
    assert not may_read(aws.state, role(STRANGER), BUCKET, KEY)


def test_the_policy_goes_with_its_bucket(s3: Any) -> None:
    s3.put_bucket_policy(Bucket=BUCKET, Policy=policy(ACCOUNT_MAY_READ))
    s3.delete_object(Bucket=BUCKET, Key=KEY)
    s3.delete_bucket(Bucket=BUCKET)
    s3.create_bucket(Bucket=BUCKET)
    assert code_of(s3.get_bucket_policy, Bucket=BUCKET) == "NoSuchBucketPolicy"


def test_a_policy_is_returned_as_it_was_put(s3: Any) -> None:
    text = policy(ACCOUNT_MAY_READ)
    s3.put_bucket_policy(Bucket=BUCKET, Policy=text)
    assert s3.get_bucket_policy(Bucket=BUCKET)["Policy"] == text
    s3.delete_bucket_policy(Bucket=BUCKET)
    assert code_of(s3.get_bucket_policy, Bucket=BUCKET) == "NoSuchBucketPolicy"


@pytest.mark.parametrize(
    "text",
    [
        "{",
        "[]",
        '{"Statement": []}',
        '{"Version": "2020-01-01", "Statement": [{}]}',
        policy({**ACCOUNT_MAY_READ, "Effect": "Maybe"}),
        policy({**ACCOUNT_MAY_READ, "Extra": "x"}),
        policy({"Effect": "Allow", **READ}),
        policy({**ACCOUNT_MAY_READ, "Principal": "someone"}),
        policy({**ACCOUNT_MAY_READ, "Principal": {"AWS": "12345"}}),
        policy({**ACCOUNT_MAY_READ, "Principal": {"Person": "x"}}),
        policy({**ACCOUNT_MAY_READ, "Action": "ec2:RunInstances"}),
        policy({**ACCOUNT_MAY_READ, "Resource": "arn:aws:s3:::another/*"}),
        policy({**ACCOUNT_MAY_READ, "Condition": {"StringIs": {"aws:x": "y"}}}),
        policy({**ACCOUNT_MAY_READ, "Condition": {"StringEquals": "aws:x"}}),
        policy({**ACCOUNT_MAY_READ, "Sid": "x" * 21_000}),
    ],
)
def test_a_malformed_policy_is_refused(s3: Any, text: str) -> None:
    assert code_of(s3.put_bucket_policy, Bucket=BUCKET, Policy=text) == "MalformedPolicy"


LOGS = "logs-bucket"
DELIVERY = {
    "Effect": "Allow",
    "Principal": {"Service": "logging.s3.amazonaws.com"},
    "Action": "s3:PutObject",
    "Resource": f"arn:aws:s3:::{LOGS}/*",
    "Condition": {
        "StringEquals": {"aws:SourceAccount": ACCOUNT},
        "ArnLike": {"aws:SourceArn": f"arn:aws:s3:::{BUCKET}"},
    },
}
LOGGING = {"LoggingEnabled": {"TargetBucket": LOGS, "TargetPrefix": ""}}


@pytest.mark.parametrize(
    ("changes", "accepted"),
    [
        ({}, True),
        ({"Resource": f"arn:aws:s3:::{LOGS}/other/*"}, False),
        ({"Condition": {"StringEquals": {"aws:SourceAccount": STRANGER}}}, False),
        ({"Principal": {"Service": "logs.amazonaws.com"}}, False),
        ({"Effect": "Deny"}, False),
    ],
)
def test_logging_needs_the_target_buckets_consent(
    s3: Any, changes: dict[str, Any], *, accepted: bool
) -> None:
    s3.create_bucket(Bucket=LOGS)
    deny = {
        "Effect": "Deny",
        "Principal": "*",
        "Action": "s3:*",
        "Resource": f"arn:aws:s3:::{LOGS}/*",
        "Condition": {"Bool": {"aws:SecureTransport": "false"}},
    }
    s3.put_bucket_policy(Bucket=LOGS, Policy=policy(deny, {**DELIVERY, **changes}))
    request = {"Bucket": BUCKET, "BucketLoggingStatus": LOGGING}
    if accepted:
        s3.put_bucket_logging(**request)
        assert s3.get_bucket_logging(Bucket=BUCKET)["LoggingEnabled"] == LOGGING["LoggingEnabled"]
    else:
        assert code_of(s3.put_bucket_logging, **request) == "InvalidTargetBucketForLogging"


def test_a_delivered_access_log_keeps_its_bucket_from_being_deleted(s3: Any, aws: LocalAws) -> None:
    s3.create_bucket(Bucket=LOGS)
    s3.put_bucket_policy(Bucket=LOGS, Policy=policy(DELIVERY))
    s3.put_bucket_logging(Bucket=BUCKET, BucketLoggingStatus=LOGGING)
    delivered = deliver_access_log(aws.state, BUCKET)
    assert [o["Key"] for o in s3.list_objects_v2(Bucket=LOGS)["Contents"]] == [delivered["key"]]
    assert code_of(s3.delete_bucket, Bucket=LOGS) == "BucketNotEmpty"


def test_logging_needs_a_bucket_of_the_same_account_and_region(s3: Any, client: Any) -> None:
    request = {"Bucket": BUCKET, "BucketLoggingStatus": LOGGING}
    assert code_of(s3.put_bucket_logging, **request) == "InvalidTargetBucketForLogging"
    client("s3", MEMBER).create_bucket(Bucket=LOGS)
    assert code_of(s3.put_bucket_logging, **request) == "InvalidTargetBucketForLogging"


def test_an_object_by_its_version_is_an_action_of_its_own(
    s3: Any, role: Callable[..., str], client: Any, keys_of_role: Any
) -> None:
    s3.put_bucket_versioning(Bucket=BUCKET, VersioningConfiguration={"Status": "Enabled"})
    version = s3.put_object(Bucket=BUCKET, Key=KEY, Body=b"[1]")["VersionId"]
    reader = client("s3", **keys_of_role(role(ACCOUNT)))
    assert reader.get_object(Bucket=BUCKET, Key=KEY)["Body"].read() == b"[1]"
    asked = {"Bucket": BUCKET, "Key": KEY, "VersionId": version}
    assert code_of(reader.get_object, **asked) == "AccessDenied"
    assert code_of(reader.list_objects_v2, Bucket=BUCKET) == "AccessDenied"


def test_a_copy_reads_what_it_copies(s3: Any, client: Any) -> None:
    s3.put_object(Bucket=BUCKET, Key="a b/é", Body=b"[2]")
    stranger = client("s3", STRANGER)
    stranger.create_bucket(Bucket=LOGS)
    for key in (KEY, "a b/é"):
        copied = {"CopySource": {"Bucket": BUCKET, "Key": key}, "Bucket": LOGS, "Key": key}
        assert code_of(stranger.copy_object, **copied) == "AccessDenied"
        s3.copy_object(**{**copied, "Bucket": BUCKET, "Key": f"{key}2"})
    everyone = {**READ, "Effect": "Allow", "Principal": "*"}
    s3.put_bucket_policy(Bucket=BUCKET, Policy=policy(everyone))
    stranger.copy_object(CopySource=f"{BUCKET}/{KEY}", Bucket=LOGS, Key=KEY)


def test_a_bucket_of_another_owner_than_expected_is_refused(s3: Any) -> None:
    asked = {"Bucket": BUCKET, "Key": KEY}
    assert code_of(s3.get_object, **asked, ExpectedBucketOwner=STRANGER) == "AccessDenied"
    s3.get_object(**asked, ExpectedBucketOwner=ACCOUNT)


def test_a_bucket_whose_versioning_ended_is_emptied_of_its_delete_markers_too(s3: Any) -> None:
    s3.put_bucket_versioning(Bucket=BUCKET, VersioningConfiguration={"Status": "Enabled"})
    s3.delete_object(Bucket=BUCKET, Key=KEY)
    s3.put_bucket_versioning(Bucket=BUCKET, VersioningConfiguration={"Status": "Suspended"})
    found = s3.list_object_versions(Bucket=BUCKET)
    for versions in found["Versions"], found["DeleteMarkers"]:
        named = [{"Key": each["Key"], "VersionId": each["VersionId"]} for each in versions]
        s3.delete_objects(Bucket=BUCKET, Delete={"Objects": named})
    s3.delete_bucket(Bucket=BUCKET)
