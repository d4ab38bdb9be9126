"""DeleteObjects: what a caller may delete of what it names."""

from __future__ import annotations

from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.local_aws.runbooks import ACCOUNT, policy

BUCKET = "store"
OBJECTS = f"arn:aws:s3:::{BUCKET}"


@pytest.fixture
def s3(client: Any) -> Any:
    """A client, in an account with a bucket of two objects."""
    s3 = client("s3")
    s3.create_bucket(Bucket=BUCKET)
    for key in ("a", "b"):
        s3.put_object(Bucket=BUCKET, Key=key)
    return s3


@pytest.fixture
def limited(client: Any) -> Any:
    """A client that may delete the objects `a` and `gone`, and no version of any."""
    iam, account = client("iam"), {"AWS": f"arn:aws:iam::{ACCOUNT}:root"}
    trust = {"Effect": "Allow", "Principal": account, "Action": "sts:AssumeRole"}
    role = iam.create_role(RoleName="Cleaner", AssumeRolePolicyDocument=policy(trust))["Role"]
    all_objects = {"Effect": "Allow", "Action": "s3:DeleteObject", "Resource": f"{OBJECTS}/*"}
    others = {"Effect": "Deny", "Action": "s3:*", "Resource": f"{OBJECTS}/b"}
    iam.put_role_policy(
        RoleName="Cleaner", PolicyName="Clean", PolicyDocument=policy(all_objects, others)
    )
    session = client("sts").assume_role(RoleArn=role["Arn"], RoleSessionName="me")["Credentials"]
    return client(
        "s3",
        aws_access_key_id=session["AccessKeyId"],
        aws_secret_access_key=session["SecretAccessKey"],
        aws_session_token=session["SessionToken"],
    )


def delete(s3: Any, *objects: dict[str, str], **more: Any) -> dict[str, Any]:
    """Delete objects of the bucket."""
    answer: dict[str, Any] = s3.delete_objects(
        Bucket=BUCKET, Delete={"Objects": list(objects), **more}
    )
    return answer


def test_what_may_be_deleted_is_and_each_other_object_is_an_error(s3: Any, limited: Any) -> None:
    version = {"Key": "a", "VersionId": "null"}
    answer = delete(limited, {"Key": "a"}, {"Key": "b"}, version, {"Key": "gone"})
    assert [each["Key"] for each in answer["Deleted"]] == ["a", "gone"]
    assert [(e["Key"], e.get("VersionId"), e["Code"]) for e in answer["Errors"]] == [
        ("b", None, "AccessDenied"),
        ("a", "null", "AccessDenied"),
    ]
    assert f"s3:DeleteObject on resource: {OBJECTS}/b" in answer["Errors"][0]["Message"]
    assert "s3:DeleteObjectVersion" in answer["Errors"][1]["Message"]
    assert [each["Key"] for each in s3.list_objects_v2(Bucket=BUCKET)["Contents"]] == ["b"]


@pytest.mark.usefixtures("s3")
def test_quiet_tells_of_errors_alone(limited: Any) -> None:
    answer = delete(limited, {"Key": "a"}, {"Key": "b"}, Quiet=True)
    assert "Deleted" not in answer
    assert [each["Key"] for each in answer["Errors"]] == ["b"]


def test_a_delete_marker_is_told_with_its_version(s3: Any) -> None:
    s3.put_bucket_versioning(Bucket=BUCKET, VersioningConfiguration={"Status": "Enabled"})
    answer = delete(s3, {"Key": "a"})
    (marker,) = s3.list_object_versions(Bucket=BUCKET)["DeleteMarkers"]
    told = {"DeleteMarker": True, "DeleteMarkerVersionId": marker["VersionId"]}
    assert answer["Deleted"] == [{"Key": "a", **told}]
    assert "Errors" not in answer
    version = {"Key": "a", "VersionId": marker["VersionId"]}
    assert delete(s3, version)["Deleted"] == [version]
    assert "DeleteMarkers" not in s3.list_object_versions(Bucket=BUCKET)


def test_a_locked_object_is_an_error(client: Any) -> None:
    s3 = client("s3")
    s3.create_bucket(Bucket=BUCKET, ObjectLockEnabledForBucket=True)
    version = s3.put_object(Bucket=BUCKET, Key="held", ObjectLockLegalHoldStatus="ON", Body=b"")[
        "VersionId"
    ]
    answer = delete(s3, {"Key": "held", "VersionId": version})
    assert [(e["Key"], e["VersionId"], e["Code"]) for e in answer["Errors"]] == [
        ("held", version, "AccessDenied")
    ]


def test_a_bucket_that_is_not_there_has_no_objects(client: Any) -> None:
    with pytest.raises(ClientError, match="NoSuchBucket"):
        delete(client("s3"), {"Key": "a"})
