"""The signature comes before anything else."""

from __future__ import annotations

import json
from typing import Any

import httpx
import pytest

from tests.hcp import plans
from tests.hcp.conftest import KEY, Service
from tests.hcp.run_tasks import RunTasks, signature


def unsigned(service: Service, body: bytes, headers: Any) -> httpx.Response:
    return httpx.post(service.address, content=body, headers=headers, timeout=20)


def test_a_test_payload_needs_its_signature_as_well(service: Service) -> None:
    body = json.dumps({"access_token": "test-token"}).encode()
    assert unsigned(service, body, {}).status_code == 401
    assert service.post(body).status_code == 200


@pytest.mark.parametrize(
    "headers",
    [
        [],
        [("X-TFC-Task-Signature", "")],
        [("X-TFC-Task-Signature", signature(b"", KEY))],
        [("X-TFC-Task-Signature", signature(b"{}", "another key"))],
        [("X-TFC-Task-Signature", signature(b"{}", KEY)[:-1])],
        [("X-TFC-Task-Signature", signature(b"{}", KEY) + "0")],
        [("X-TFC-Task-Signature", signature(b"{}", KEY)), ("x-tfc-task-signature", "0")],
        [("X-TFC-Task-Signature", "é" * 128)],
        [("X-TFC-Task-Signature", b"\xff\xfe" * 64)],
        [("X-TFC-Task-Signature", "sha512=" + signature(b"{}", KEY))],
        [("X_TFC_Task_Signature", signature(b"{}", KEY))],
    ],
    ids=str,
)
def test_without_the_bodys_own_signature_it_is_refused(
    headers: list[tuple[str, str | bytes]], service: Service
) -> None:
    encoded = [
        (name.encode(), value if isinstance(value, bytes) else value.encode())
        for name, value in headers
    ]
    answer = unsigned(service, b"{}", encoded)
    assert answer.status_code == 401
    assert answer.text == "expected a valid X-Tfc-Task-Signature\n"


def test_a_tampered_delivery_is_refused_and_begins_nothing(service: Service, hcp: RunTasks) -> None:
    run = hcp.new_run(plans.nothing_changes())
    body = hcp.delivery(run)
    tampered = body.replace(b"patch-policy-a1b2c", b"patch-policy-zzzzz")
    assert tampered != body
    signed = {"X-TFC-Task-Signature": signature(body, KEY)}
    assert unsigned(service, tampered, signed).status_code == 401
    assert run.plan_reads == 0


def test_an_unsigned_body_is_not_even_parsed(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    def parse(*_: object) -> None:
        raise AssertionError

    monkeypatch.setattr("modules.run_task.app.parse_delivery", parse)
    assert unsigned(service, b"[" * 100_000, {}).status_code == 401


def test_signatures_are_compared_in_constant_time(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    compared: list[tuple[bytes, bytes]] = []

    def compare(expected: bytes, given: bytes) -> bool:
        compared.append((expected, given))
        return False

    monkeypatch.setattr("modules.run_task.signature.hmac.compare_digest", compare)
    assert service.post(b"{}").status_code == 401
    assert compared == [(signature(b"{}", KEY).encode(),) * 2]
