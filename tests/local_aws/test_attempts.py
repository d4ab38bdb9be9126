"""A call that an SDK repeats for want of an answer is carried out once."""

from __future__ import annotations

import json
import socket
import time
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPResponse
from typing import Any
from urllib.parse import urlencode, urlsplit

from modules.local_aws import LocalAws
from modules.local_aws.answer import Answer
from modules.local_aws.attempts import KEPT, Attempts
from modules.local_aws.faults import AFTER, Fault
from tests.local_aws.conftest import ACCOUNT, MEMBER

PATIENCE_SECONDS = 30
_SCOPE = "20260101/us-east-1/{service}/aws4_request, SignedHeaders=host, Signature=0"
TARGETS = [{"Key": "tag:Env", "Values": ["prod"]}]
SCAN = {
    "Name": "AWS-RunPatchBaseline",
    "AssociationName": "scan",
    "Parameters": {"Operation": ["Scan"]},
    "Targets": TARGETS,
}
STEP = {"action": "aws:runShellScript", "name": "run", "inputs": {"runCommand": ["true"]}}
COMMAND = json.dumps({"schemaVersion": "2.2", "description": "", "mainSteps": [STEP]})


def request(service: str, operation: str, given: dict[str, Any], call: str, who: str) -> bytes:
    """An attempt as SDKs send it; `call` is their ID of the call."""
    if service == "iam":
        kind = "application/x-www-form-urlencoded"
        body = urlencode({"Action": operation, "Version": "2010-05-08", **given})
    else:
        kind, body = "application/x-amz-json-1.1", json.dumps(given)
    head = {
        "Host": "127.0.0.1",
        "Authorization": f"AWS4-HMAC-SHA256 Credential={who}/{_SCOPE.format(service=service)}",
        "Content-Type": kind,
        "Content-Length": str(len(body)),
        "X-Amz-Target": f"AmazonSSM.{operation}",
        "amz-sdk-invocation-id": call,
    }
    lines = "".join(f"{name}: {value}\r\n" for name, value in head.items())
    return f"POST / HTTP/1.1\r\n{lines}\r\n{body}".encode()


def send(aws: LocalAws, data: bytes) -> socket.socket:
    """A connection on which a request is on its way."""
    address = urlsplit(aws.url)
    connection = socket.create_connection((str(address.hostname), int(address.port or 0)))
    connection.sendall(data)
    return connection


def attempt(
    aws: LocalAws,
    service: str,
    operation: str,
    given: dict[str, Any],
    *,
    call: str = "one call",
    who: str = ACCOUNT,
) -> tuple[int, bytes]:
    """Status and body of the answer."""
    with send(aws, request(service, operation, given, call, who)) as connection:
        answer = HTTPResponse(connection)
        answer.begin()
        return answer.status, answer.read()


def names(client: Any, account: str = ACCOUNT) -> list[str]:
    """All associations there are, by name."""
    pages = client("ssm", account).get_paginator("list_associations").paginate()
    return sorted(str(each["AssociationName"]) for page in pages for each in page["Associations"])


def test_a_repeated_call_is_given_the_first_ones_answer(aws: LocalAws, client: Any) -> None:
    first, second = (attempt(aws, "ssm", "CreateAssociation", SCAN) for _ in range(2))
    assert first == second
    assert first[0] == 200
    assert names(client) == ["scan"]


def test_another_call_is_carried_out_whatever_it_repeats(aws: LocalAws, client: Any) -> None:
    for call in ("one", "two"):
        attempt(aws, "ssm", "CreateAssociation", SCAN, call=call)
    attempt(aws, "ssm", "CreateAssociation", SCAN, call="one", who=MEMBER)
    assert names(client) == ["scan", "scan"]
    assert names(client, MEMBER) == ["scan"]


def test_a_role_is_not_there_already_for_whom_the_answer_did_not_reach(aws: LocalAws) -> None:
    role = {"RoleName": "late", "AssumeRolePolicyDocument": "{}"}
    data = request("iam", "CreateRole", role, "one call", ACCOUNT)
    send(aws, data).close()  # and the answer is lost
    status, body = attempt(aws, "iam", "CreateRole", role)
    assert status == 200, body
    other_status, _ = attempt(aws, "iam", "CreateRole", role, call="another call")
    assert other_status == 409


def test_attempts_at_the_same_time_are_one_call(aws: LocalAws, client: Any) -> None:
    made = [{**SCAN, "AssociationName": f"scan-{number}"} for number in range(20)]
    attempts = [(each, f"call {number % 20}") for number, each in enumerate(made * 3)]
    with ThreadPoolExecutor(len(attempts)) as pool:
        answers = pool.map(
            lambda each: attempt(aws, "ssm", "CreateAssociation", each[0], call=each[1]), attempts
        )
        assert {status for status, _ in answers} == {200}
    assert names(client) == sorted(str(each["AssociationName"]) for each in made)


def test_a_refused_call_is_carried_out_when_it_is_repeated(aws: LocalAws, client: Any) -> None:
    own = {"Name": "Own", "Targets": TARGETS}
    assert attempt(aws, "ssm", "CreateAssociation", own)[0] == 400
    assert attempt(aws, "iam", "DeleteRole", {"RoleName": "later"})[0] == 404
    client("ssm").create_document(Name="Own", DocumentType="Command", Content=COMMAND)
    client("iam").create_role(RoleName="later", AssumeRolePolicyDocument="{}")
    assert attempt(aws, "ssm", "CreateAssociation", own)[0] == 200
    assert attempt(aws, "iam", "DeleteRole", {"RoleName": "later"})[0] == 200


def test_an_answer_that_a_fault_loses_is_lost(aws: LocalAws, client: Any) -> None:
    lost = Fault("ssm.CreateAssociation", code="InternalServerError", status=500, when=AFTER)
    aws.state.faults.pending.append(lost)
    statuses = [attempt(aws, "ssm", "CreateAssociation", SCAN)[0] for _ in range(2)]
    assert statuses == [500, 200]
    assert names(client) == ["scan", "scan"]


def test_an_answer_that_a_fault_delays_is_not_waited_for(aws: LocalAws, client: Any) -> None:
    late = Fault("ssm.CreateAssociation", delay_seconds=1, when=AFTER)
    aws.state.faults.pending.append(late)
    with send(aws, request("ssm", "CreateAssociation", SCAN, "one call", ACCOUNT)):
        begun = time.monotonic()
        while not names(client):
            assert time.monotonic() - begun < PATIENCE_SECONDS
        assert attempt(aws, "ssm", "CreateAssociation", SCAN)[0] == 200
    assert names(client) == ["scan", "scan"]


def test_the_oldest_calls_are_forgotten() -> None:
    attempts, answer = Attempts(), Answer(status=200, headers={}, body=b"")
    for number in range(KEPT + 5):
        attempts.carry_out_once((str(number), "", "", ""), lambda: answer)
    assert len(attempts.answers) == KEPT
