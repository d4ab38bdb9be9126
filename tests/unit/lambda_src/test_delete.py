"""Delete: every version of the object, and nothing else in the bucket."""

from __future__ import annotations

import re

import pytest
from baseline_overrides.errors import DeletionError
from botocore.awsrequest import AWSPreparedRequest, AWSResponse

from tests.unit.lambda_src.aws_double import BUCKET, KEY, AwsDouble, answer, event
from tests.unit.lambda_src.conftest import Invoke

DELETE = event("Delete", {})


def test_removes_versions_and_delete_markers_but_no_neighbour(
    aws: AwsDouble, invoke: Invoke
) -> None:
    neighbour = f"{KEY}.bak"
    for key in (KEY, neighbour):
        aws.s3.put_object(Bucket=BUCKET, Key=key, Body=b"1")
        aws.s3.put_object(Bucket=BUCKET, Key=key, Body=b"2")
        aws.s3.delete_object(Bucket=BUCKET, Key=key)

    assert invoke(DELETE) == {"Bucket": BUCKET, "Key": KEY, "DeletedVersions": 3}

    left = aws.s3.list_object_versions(Bucket=BUCKET)
    assert [version["Key"] for version in left["Versions"]] == [neighbour, neighbour]
    assert [marker["Key"] for marker in left["DeleteMarkers"]] == [neighbour]


def test_removes_an_object_of_a_bucket_without_versioning(aws: AwsDouble, invoke: Invoke) -> None:
    bucket = "aws-quicksetup-patchpolicy-without-versioning"
    aws.s3.create_bucket(
        Bucket=bucket, CreateBucketConfiguration={"LocationConstraint": "eu-central-1"}
    )
    aws.s3.put_object(Bucket=bucket, Key=KEY, Body=b"1")

    assert invoke(event("Delete", {}, bucket))["DeletedVersions"] == 1
    assert "Contents" not in aws.s3.list_objects_v2(Bucket=bucket)


def test_deleting_twice_is_as_good_as_once(aws: AwsDouble, invoke: Invoke) -> None:
    aws.s3.put_object(Bucket=BUCKET, Key=KEY, Body=b"1")

    assert [invoke(DELETE)["DeletedVersions"] for _ in range(2)] == [1, 0]
    assert aws.calls["DeleteObjects"] == 1


def test_a_bucket_that_is_gone_is_a_success(aws: AwsDouble, invoke: Invoke) -> None:
    aws.s3.delete_bucket(Bucket=BUCKET)

    assert invoke(DELETE)["DeletedVersions"] == 0


class ManyVersions:
    """S3 with thousands of versions of the object, in pages and with its limits.

    Moto takes half a minute for 2,500, and it deletes any number in one call.
    """

    def __init__(self, aws: AwsDouble, count: int) -> None:
        self.left = [f"v{number:05}" for number in range(count)]
        self.refused: set[str] = set()
        aws.always["ListObjectVersions"] = self._list
        aws.always["DeleteObjects"] = self._delete

    def _list(self, request: AWSPreparedRequest) -> AWSResponse:
        marker = re.search(r"version-id-marker=(\w+)", request.url)
        start = self.left.index(marker[1]) + 1 if marker else 0
        page = self.left[start : start + 1000]
        more = start + 1000 < len(self.left)
        items = "".join(
            f"<{kind}><Key>{KEY}</Key><VersionId>{version}</VersionId></{kind}>"
            for version in page
            for kind in ["DeleteMarker" if int(version[1:]) % 2 else "Version"]
        )
        following = (
            f"<NextKeyMarker>{KEY}</NextKeyMarker>"
            f"<NextVersionIdMarker>{page[-1]}</NextVersionIdMarker>"
            if more
            else ""
        )
        xml = (
            f"<ListVersionsResult><IsTruncated>{str(more).lower()}</IsTruncated>"
            f"{following}{items}</ListVersionsResult>"
        )
        return answer(200, xml, "application/xml")

    def _delete(self, request: AWSPreparedRequest) -> AWSResponse:
        body = request.body
        assert isinstance(body, bytes)
        asked = re.findall(r"<VersionId>(\w+)</VersionId>", body.decode())
        assert len(asked) <= 1000
        gone = set(asked) - self.refused
        self.left = [version for version in self.left if version not in gone]
        errors = "".join(
            f"<Error><Key>{KEY}</Key><VersionId>{version}</VersionId>"
            "<Code>AccessDenied</Code><Message>no</Message></Error>"
            for version in sorted(set(asked) & self.refused)
        )
        return answer(200, f"<DeleteResult>{errors}</DeleteResult>", "application/xml")


def test_removes_thousands_of_versions_in_pages(aws: AwsDouble, invoke: Invoke) -> None:
    versions = ManyVersions(aws, 2500)

    assert invoke(DELETE)["DeletedVersions"] == 2500
    assert versions.left == []
    assert (aws.calls["ListObjectVersions"], aws.calls["DeleteObjects"]) == (3, 3)


def test_names_what_s3_refuses_to_remove_and_removes_the_rest(
    aws: AwsDouble, invoke: Invoke
) -> None:
    versions = ManyVersions(aws, 1200)
    versions.refused = {"v00002", "v01100"}

    with pytest.raises(DeletionError) as caught:
        invoke(DELETE)

    assert str(caught.value) == (
        f"2 versions of s3://{BUCKET}/{KEY} are left (version v00002: AccessDenied no;"
        " version v01100: AccessDenied no). Invoke the function again, once the reason is removed."
    )
    assert versions.left == ["v00002", "v01100"]


def test_a_long_list_of_refusals_is_cut(aws: AwsDouble, invoke: Invoke) -> None:
    versions = ManyVersions(aws, 500)
    versions.refused = set(versions.left)

    with pytest.raises(DeletionError, match=r"^500 versions .*; and so on\)") as caught:
        invoke(DELETE)

    assert str(caught.value).count("AccessDenied") == 10
