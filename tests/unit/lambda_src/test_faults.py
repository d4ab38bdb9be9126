"""Every AWS call meets every fault: what passes is outlasted, what stays is explained."""

from __future__ import annotations

import pytest
from baseline_overrides.errors import AwsCallError
from botocore.awsrequest import AWSPreparedRequest, AWSResponse
from botocore.exceptions import ReadTimeoutError

from tests.unit.lambda_src.aws_double import BUCKET, KEY, Answer, AwsDouble, Clock, event, refusal
from tests.unit.lambda_src.conftest import Invoke


def timeout(request: AWSPreparedRequest) -> AWSResponse:
    raise ReadTimeoutError(endpoint_url=request.url)


WRITING_CALLS = {
    "GetPatchBaseline": "ssm:GetPatchBaseline on pb-00000000000000001 (UBUNTU)",
    "GetObject": f"s3:GetObject on s3://{BUCKET}/{KEY}",
    "PutObject": f"s3:PutObject on s3://{BUCKET}/{KEY}",
}
DELETING_CALLS = {
    "ListObjectVersions": f"s3:ListBucketVersions on s3://{BUCKET}",
    "DeleteObjects": f"s3:DeleteObjectVersion on s3://{BUCKET}/{KEY}",
}
PASSING: dict[str, list[Answer]] = {
    "throttled": [refusal(400, "ThrottlingException")],
    "asked to slow down": [refusal(503, "SlowDown")],
    "internal error": [refusal(500, "InternalError")],
    "timeout": [timeout],
    "one after the other": [
        refusal(400, "ThrottlingException"),
        timeout,
        refusal(500, "InternalError"),
    ],
}
writing_calls = pytest.mark.parametrize("operation", WRITING_CALLS)
deleting_calls = pytest.mark.parametrize("operation", DELETING_CALLS)
passing_faults = pytest.mark.parametrize("fault", PASSING)


@writing_calls
@passing_faults
def test_writing_outlasts_a_fault_that_passes(
    aws: AwsDouble, invoke: Invoke, operation: str, fault: str
) -> None:
    chosen = {name: aws.add_baseline(name) for name in ("UBUNTU", "DEBIAN")}
    aws.once(operation, *PASSING[fault])

    assert invoke(event("Remediate", chosen))["OperatingSystems"] == ["DEBIAN", "UBUNTU"]
    assert len(aws.versions()) == 1


@deleting_calls
@passing_faults
def test_deleting_outlasts_a_fault_that_passes(
    aws: AwsDouble, invoke: Invoke, operation: str, fault: str
) -> None:
    aws.s3.put_object(Bucket=BUCKET, Key=KEY, Body=b"1")
    aws.once(operation, *PASSING[fault])

    assert invoke(event("Delete", {}))["DeletedVersions"] == 1
    assert aws.versions() == []


@writing_calls
@pytest.mark.parametrize("request_type", ["Create", "Update"])
def test_missing_permissions_right_after_creation_are_waited_out(
    aws: AwsDouble, invoke: Invoke, clock: Clock, operation: str, request_type: str
) -> None:
    """Systems Manager and S3 have a code each for it."""
    code = "AccessDeniedException" if operation == "GetPatchBaseline" else "AccessDenied"
    aws.once(operation, *[refusal(403, code)] * 3)

    assert invoke(event(request_type, {"UBUNTU": aws.add_baseline("UBUNTU")}))["Written"] is True
    assert clock.pauses == [1, 2, 4]


def test_a_bucket_that_is_not_seen_yet_is_waited_for(
    aws: AwsDouble, invoke: Invoke, clock: Clock
) -> None:
    aws.once("PutObject", refusal(404, "NoSuchBucket"))

    assert invoke(event("Create", {"UBUNTU": aws.add_baseline("UBUNTU")}))["Written"] is True
    assert clock.pauses == [1]


@writing_calls
def test_permissions_missing_for_good_end_the_wait_after_a_minute(
    aws: AwsDouble, invoke: Invoke, clock: Clock, operation: str
) -> None:
    aws.always[operation] = refusal(403, "AccessDenied")

    with pytest.raises(AwsCallError) as caught:
        invoke(event("Create", {"UBUNTU": aws.add_baseline("UBUNTU")}))

    assert str(caught.value) == (
        f"{WRITING_CALLS[operation]} failed with AccessDenied: no. The function's role must allow"
        " the action, and the bucket's policy wants the tag QSConfigId-<configuration ID> on the"
        " role. Apply the policy again to restore both."
    )
    assert 50 <= clock.now <= 60
    assert aws.calls["PutObject"] == (aws.calls[operation] if operation == "PutObject" else 0)


def test_all_calls_together_have_one_minute(aws: AwsDouble, invoke: Invoke, clock: Clock) -> None:
    aws.once("GetPatchBaseline", *[refusal(400, "AccessDeniedException")] * 5)
    aws.always["GetObject"] = refusal(403, "AccessDenied")

    with pytest.raises(AwsCallError, match=r"^s3:GetObject on "):
        invoke(event("Create", {"UBUNTU": aws.add_baseline("UBUNTU")}))

    assert clock.now <= 60


@pytest.mark.parametrize(("seconds_left", "waited"), [(60, 25), (33, 3), (30, 0), (5, 0)])
def test_the_wait_leaves_time_to_report(
    aws: AwsDouble, invoke: Invoke, clock: Clock, seconds_left: float, waited: float
) -> None:
    aws.always["GetObject"] = refusal(403, "AccessDenied")

    with pytest.raises(AwsCallError):
        invoke(event("Create", {"UBUNTU": aws.add_baseline("UBUNTU")}), seconds_left)

    assert clock.now == waited


@writing_calls
def test_the_hourly_refresh_does_not_wait_for_permissions(
    aws: AwsDouble, invoke: Invoke, clock: Clock, operation: str
) -> None:
    aws.once(operation, refusal(403, "AccessDenied"))

    with pytest.raises(AwsCallError, match=" failed with AccessDenied: "):
        invoke(event("Remediate", {"UBUNTU": aws.add_baseline("UBUNTU")}))

    assert clock.pauses == []


@deleting_calls
def test_deleting_does_not_wait_for_permissions(
    aws: AwsDouble, invoke: Invoke, clock: Clock, operation: str
) -> None:
    aws.s3.put_object(Bucket=BUCKET, Key=KEY, Body=b"1")
    aws.once(operation, refusal(403, "AccessDenied"))

    with pytest.raises(AwsCallError) as caught:
        invoke(event("Delete", {}))

    assert str(caught.value).startswith(f"{DELETING_CALLS[operation]} failed with AccessDenied: ")
    assert clock.pauses == []


def test_a_missing_bucket_is_reported_by_the_refresh(aws: AwsDouble, invoke: Invoke) -> None:
    aws.s3.delete_bucket(Bucket=BUCKET)

    with pytest.raises(AwsCallError, match=r"NoSuchBucket: .* apply the policy again\.$"):
        invoke(event("Remediate", {"UBUNTU": aws.add_baseline("UBUNTU")}))


@pytest.mark.usefixtures("new_clients")
@writing_calls
@pytest.mark.parametrize(
    ("fault", "code"),
    [(refusal(400, "ThrottlingException"), "ThrottlingException"), (timeout, "ReadTimeoutError")],
)
def test_a_fault_that_stays_is_reported_after_eight_attempts(
    aws: AwsDouble, invoke: Invoke, operation: str, fault: Answer, code: str
) -> None:
    aws.always[operation] = fault

    with pytest.raises(AwsCallError) as caught:
        invoke(event("Create", {"UBUNTU": aws.add_baseline("UBUNTU")}))

    assert str(caught.value).startswith(f"{WRITING_CALLS[operation]} failed with {code}: ")
    assert str(caught.value).endswith("Invoke the function again: what it did so far is kept.")
    assert aws.calls[operation] == 8


def test_an_error_that_no_wait_repairs_is_reported_at_once(
    aws: AwsDouble, invoke: Invoke, clock: Clock
) -> None:
    aws.once("GetPatchBaseline", refusal(400, "InvalidResourceId"))

    with pytest.raises(AwsCallError, match=r"\(UBUNTU\) failed with InvalidResourceId: "):
        invoke(event("Create", {"UBUNTU": aws.add_baseline("UBUNTU")}))

    assert clock.pauses == []
    assert aws.versions() == []
