"""What the gateway does with every call: refusals, faults, the log, the admin endpoint."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import urllib3
from botocore.exceptions import ClientError

from modules.local_aws import LocalAws


def ask(aws: LocalAws, name: str, body: Any = None, method: str = "GET") -> tuple[int, Any]:
    """Status and answer of the admin endpoint."""
    answer = urllib3.request(method, f"{aws.url}/_local_aws/{name}", json=body)
    return answer.status, answer.json()


def admin(aws: LocalAws, name: str, body: Any = None, method: str = "GET") -> Any:
    """The admin endpoint's answer to what is in order."""
    status, answer = ask(aws, name, body, method)
    assert status == 200, answer
    return answer


def refused(call: Any, **arguments: Any) -> tuple[int, str, str]:
    """Status, code and message that a call ends with."""
    with pytest.raises(ClientError) as caught:
        call(**arguments)
    answer = caught.value.response
    return (
        answer["ResponseMetadata"]["HTTPStatusCode"],
        answer["Error"]["Code"],
        answer["Error"]["Message"],
    )


def test_an_operation_that_is_missing_is_named_and_not_worth_a_retry(client: Any) -> None:
    status, code, message = refused(client("ssm").list_resource_data_sync)
    assert (status, code) == (501, "NotImplemented")
    assert "ssm.ListResourceDataSync" in message
    status, code, message = refused(client("ec2").describe_fast_launch_images)
    assert (status, code) == (501, "NotImplemented")
    assert "ec2.DescribeFastLaunchImages" in message


@pytest.mark.parametrize(
    ("service", "operation"), [("dynamodb", "list_tables"), ("eks", "list_clusters")]
)
def test_a_service_that_is_missing_is_named(client: Any, service: str, operation: str) -> None:
    status, code, message = refused(getattr(client(service), operation))
    assert (status, code) == (501, "NotImplemented")
    assert f"the service {service}" in message


def test_a_mistake_of_motos_is_no_reason_to_retry(
    client: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_self: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr("moto.ssm.responses.SimpleSystemManagerResponse.list_documents", fail)
    status, code, message = refused(client("ssm").list_documents)
    assert (status, code) == (400, "EmbeddedAwsError")
    assert "ssm.ListDocuments: ZeroDivisionError" in message


def test_a_mistake_of_ours_is_no_reason_to_retry(
    client: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr("modules.local_aws.gateway.answer", fail)
    status, code, message = refused(client("ssm").list_associations)
    assert (status, code) == (400, "EmbeddedAwsError")
    assert "ssm.ListAssociations: ZeroDivisionError" in message


def test_an_answer_says_how_long_it_is(aws: LocalAws) -> None:
    answer = urllib3.request("GET", f"{aws.url}/_local_aws/health")
    assert answer.headers["Content-Length"] == str(len(answer.data))


def test_unsigned_requests_are_refused(aws: LocalAws) -> None:
    assert urllib3.request("GET", f"{aws.url}/bucket/key").status == 403


def test_a_request_that_does_not_fit_the_model_is_refused(client: Any) -> None:
    status, code, message = refused(
        client("ssm").put_parameter, Name="x", Value="y", Type="Colour", Tier="Free"
    )
    assert (status, code) == (400, "ValidationException")
    assert message.startswith("2 validation errors detected: Value 'Colour' at 'type' failed")


def test_a_required_list_that_is_empty_is_missing_in_ec2(client: Any) -> None:
    tag = {"Key": "k", "Value": "v"}
    refusal = refused(client("ec2").create_tags, Resources=[], Tags=[tag])
    assert refusal[:2] == (400, "MissingParameter")
    assert "Resources" in refusal[2]


def test_faults_count_down(client: Any, aws: LocalAws) -> None:
    fault = {"operation": "ssm.ListAssociations", "code": "ThrottlingException", "times": 2}
    admin(aws, "faults", fault, "POST")
    ssm = client("ssm")
    assert [refused(ssm.list_associations)[1] for _ in range(2)] == ["ThrottlingException"] * 2
    ssm.list_associations()


def test_a_fault_afterwards_loses_the_answer_only(client: Any, aws: LocalAws) -> None:
    lost = {"operation": "s3.*", "code": "InternalError", "status": 500, "when": "after"}
    admin(aws, "faults", lost, "POST")
    s3 = client("s3")
    assert refused(s3.create_bucket, Bucket="made-anyway")[:2] == (500, "InternalError")
    assert [bucket["Name"] for bucket in s3.list_buckets()["Buckets"]] == ["made-anyway"]


def test_an_answer_comes_late_once_the_call_is_carried_out(client: Any, aws: LocalAws) -> None:
    late = {"operation": "iam.CreateRole", "delay_seconds": 0.6, "when": "after"}
    admin(aws, "faults", late, "POST")
    iam, before = client("iam"), len(client("iam").list_roles()["Roles"])
    with ThreadPoolExecutor() as pool:
        created = pool.submit(iam.create_role, RoleName="late", AssumeRolePolicyDocument="{}")
        while len(iam.list_roles()["Roles"]) == before:
            assert not created.done()
        assert not created.done()
        created.result()
    begun = time.monotonic()
    iam.create_role(RoleName="in-time", AssumeRolePolicyDocument="{}")
    assert time.monotonic() - begun < 0.6


@pytest.mark.parametrize(
    "fault",
    [
        {},
        {"operation": "x"},
        {"operation": "x", "code": "y", "a": 1},
        {"operation": "x", "code": "y", "delay_seconds": 1},
    ],
)
def test_a_fault_that_makes_no_sense_is_refused(aws: LocalAws, fault: dict[str, Any]) -> None:
    status, answer = ask(aws, "faults", fault, "POST")
    assert status == 400
    assert "a fault has" in answer["error"]


def test_every_call_is_logged(client: Any, aws: LocalAws) -> None:
    client("ssm", "111122223333").list_associations()
    refused(client("s3").get_bucket_policy, Bucket="nothing-here")
    shown = admin(aws, "calls")
    assert [(c["service"], c["operation"], c["account"], c["status"]) for c in shown] == [
        ("ssm", "ListAssociations", "111122223333", 200),
        ("s3", "GetBucketPolicy", "123456789012", 404),
    ]
    assert [c["error"] for c in shown] == [None, "NoSuchBucket"]
    admin(aws, "calls", method="DELETE")
    assert admin(aws, "calls") == []


@pytest.mark.usefixtures("fleet")
def test_reset_leaves_the_fleet_alone(client: Any, aws: LocalAws) -> None:
    client("s3").create_bucket(Bucket="short-lived")
    client("ssm").create_association(Name="AWS-EnableExplorer", Parameters=EXPLORER)
    before = {node["name"] for node in admin(aws, "fleet")}
    admin(aws, "reset", method="POST")
    assert client("s3").list_buckets()["Buckets"] == []
    assert admin(aws, "associations") == []
    assert {node["name"] for node in admin(aws, "fleet")} == before
    assert "bare" in before


EXPLORER = {"AutomationAssumeRole": ["arn:aws:iam::123456789012:role/Explorer"]}


def test_associations_show_their_next_run_and_the_runs_owed(client: Any, aws: LocalAws) -> None:
    client("ssm").create_association(
        Name="AWS-EnableExplorer", Parameters=EXPLORER, ScheduleExpression="cron(0 2 ? * SUN *)"
    )
    client("ssm").create_association(Name="AWS-EnableExplorer", Parameters=EXPLORER)
    weekly, once = admin(aws, "associations")
    assert " 02:00:00" in weekly["next_run"]
    assert once["next_run"] is None
    assert [e["reason"] for e in weekly["owed"]] == ["created"]


def test_switches_are_read_and_set(aws: LocalAws) -> None:
    assert admin(aws, "switches")["role_delay_seconds"] == 0
    assert admin(aws, "switches", {"role_delay_seconds": 5}, "POST")["role_delay_seconds"] == 5
    assert ask(aws, "switches", {"gravity": "off"}, "POST")[0] == 400


def test_who_may_read(client: Any, aws: LocalAws) -> None:
    client("s3").create_bucket(Bucket="private-bucket")
    question = {
        "bucket": "private-bucket",
        "key": "k",
        "principals": ["123456789012", "111122223333"],
    }
    answer = admin(aws, "who-may-read", question, "POST")
    assert answer == {"123456789012": True, "111122223333": False}


def test_the_admin_endpoint_names_what_it_does_not_have(aws: LocalAws) -> None:
    status, answer = ask(aws, "weather")
    assert (status, answer) == (404, {"error": "GET /_local_aws/weather is not there"})
