"""The service as an outsider meets it: bytes on a socket, hardly any of which a browser sends."""

from __future__ import annotations

import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import pytest

from modules.run_task.body import LARGEST
from tests.hcp import plans
from tests.hcp.conftest import KEY, Service
from tests.hcp.run_tasks import RunTasks, signature


@contextmanager
def connected(service: Service) -> Iterator[socket.socket]:
    with socket.create_connection(("127.0.0.1", service.port), timeout=20) as connection:
        yield connection


def answer(connection: socket.socket) -> bytes:
    """Everything until the service ends the connection."""
    parts = []
    while part := connection.recv(65536):
        parts.append(part)
    return b"".join(parts)


def send(service: Service, request: bytes) -> bytes:
    with connected(service) as connection:
        connection.sendall(request)
        return answer(connection)


def status(response: bytes) -> int:
    return int(response.split(b" ", 2)[1])


def request(body: bytes, *headers: bytes) -> bytes:
    lines = [b"POST / HTTP/1.1", b"Host: service", *headers]
    lines.append(b"X-TFC-Task-Signature: " + signature(body, KEY).encode())
    return b"\r\n".join(lines) + b"\r\n\r\n" + body


def length(body: bytes) -> bytes:
    return b"Content-Length: %d" % len(body)


TEST = b'{"access_token": "test-token"}'


def test_a_connection_serves_one_request(service: Service) -> None:
    """So nothing that a proxy took for a body is ever taken for a request."""
    one = request(TEST, length(TEST))
    response = send(service, one + one)
    assert response.count(b"HTTP/1.1 ") == 1
    assert b"connection: close" in response.lower()
    assert status(response) == 200


@pytest.mark.parametrize(
    "headers",
    [
        (b"Content-Length: 30", b"Content-Length: 31"),
        (b"Content-Length: -1",),
        (b"Content-Length: +30",),
        (b"Content-Length: 0x1e",),
        (b"Content-Length: 30, 31",),
        (b"Transfer-Encoding: chunked, identity",),
        (b"Transfer-Encoding: xchunked",),
        (b"Content-Length : 30",),
        (b" Content-Length: 30",),
        (b"Content-Length: 30\x00",),
        (b"no colon",),
    ],
    ids=str,
)
def test_headers_that_two_servers_could_read_in_two_ways_are_refused(
    headers: tuple[bytes, ...], service: Service
) -> None:
    response = send(service, request(TEST, *headers))
    assert status(response) in (400, 401, 501)
    assert b"ready" not in response


def test_a_length_beside_chunks_does_not_split_a_request(service: Service) -> None:
    smuggled = b"0\r\n\r\n" + request(TEST, length(TEST))
    head = (b"Transfer-Encoding: chunked", b"Content-Length: %d" % len(smuggled))
    response = send(service, request(b"", *head) + smuggled)
    assert response.count(b"HTTP/1.1 ") == 1
    assert status(response) == 400


def test_a_body_in_chunks_is_signed_as_a_whole(service: Service) -> None:
    chunks = b"".join(b"%x\r\n%s\r\n" % (len(each), each) for each in (TEST[:7], TEST[7:]))
    head = request(TEST, b"Transfer-Encoding: chunked").removesuffix(TEST)
    assert status(send(service, head + chunks + b"0\r\n\r\n")) == 200


@pytest.mark.parametrize("chunked", [False, True], ids=["with its length", "in chunks"])
def test_a_body_over_the_limit_is_refused_and_never_kept(
    chunked: bool,
    service: Service,
) -> None:
    body = b" " * (LARGEST + 1)
    if chunked:
        head = request(body, b"Transfer-Encoding: chunked").removesuffix(body)
        response = send(service, head + b"%x\r\n%s\r\n0\r\n\r\n" % (len(body), body))
    else:
        response = send(service, request(body, length(body)))
    assert status(response) == 413


def test_a_body_at_the_limit_is_read(service: Service) -> None:
    body = TEST + b" " * (LARGEST - len(TEST))
    assert status(send(service, request(body, length(body)))) == 200


def test_a_body_without_an_end_is_cut_off(service: Service) -> None:
    """Fifty times the limit is thrown away, then the connection ends."""
    head = request(b"", b"Content-Length: 10000000000")
    sent = 0
    with connected(service) as connection:
        connection.sendall(head)
        with suppress(OSError):
            while sent < 200 << 20:
                sent += connection.send(b" " * 65536)
    assert sent < 100 << 20


def test_a_header_without_an_end_is_cut_off(service: Service) -> None:
    with connected(service) as connection:
        connection.sendall(b"POST / HTTP/1.1\r\nX: " + b"a" * (1 << 17))
        try:
            response = answer(connection)
        except ConnectionResetError:
            return
    assert status(response) == 400


def test_a_slow_header_is_cut_off(service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("modules.run_task.server.HEADER_SECONDS", 0.3)
    begin = time.monotonic()
    with connected(service) as connection:
        connection.sendall(b"POST / HTTP/1.1\r\nX: ")
        with suppress(ConnectionResetError):
            assert answer(connection) == b""
    assert time.monotonic() - begin < 5


def test_a_slow_body_is_cut_off(service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("modules.run_task.body.SECONDS", 0.3)
    with connected(service) as connection:
        connection.sendall(request(b"", b"Content-Length: 100") + b"{")
        assert status(answer(connection)) == 408


def test_a_client_that_goes_away_within_its_body_is_no_fault(
    service: Service, hcp: RunTasks
) -> None:
    with connected(service) as connection:
        connection.sendall(request(b"", b"Content-Length: 100") + b"{")
    run = hcp.new_run(plans.nothing_changes())
    assert service.deliver(run).status_code == 200
    assert run.result["attributes"]["status"] == "passed"


def test_connections_that_say_nothing_do_not_keep_others_out(
    service: Service, hcp: RunTasks
) -> None:
    idle = [socket.create_connection(("127.0.0.1", service.port)) for _ in range(100)]
    run = hcp.new_run(plans.nothing_changes())
    begin = time.monotonic()
    assert service.deliver(run).status_code == 200
    assert time.monotonic() - begin < 1
    for connection in idle:
        connection.close()
    assert run.result["attributes"]["status"] == "passed"


@pytest.mark.parametrize(
    "garbage", [b"\x16\x03\x01\x02\x00", b"\x00" * 100, b"GET /\r\n\r\n", b"PRI * HTTP/2.0\r\n\r\n"]
)
def test_what_is_no_http_is_refused(garbage: bytes, service: Service) -> None:
    response = send(service, garbage + b"\r\n\r\n")
    assert response == b"" or status(response) in (400, 404, 405, 505)
