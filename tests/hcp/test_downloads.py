"""Fetching the plan: one redirect, without the token; limits of size and time; tries again."""

from __future__ import annotations

import gzip
import ipaddress

import pytest
from starlette.applications import Starlette

from tests.hcp import plans
from tests.hcp.conftest import Service, StartService
from tests.hcp.run_tasks import RunTasks, TaskRun
from tests.hcp.serving import serving

PLAN = plans.nothing_changes()


@pytest.fixture(autouse=True)
def tries_follow_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("modules.run_task.download.pause", lambda _: 0)


def message(service: Service, run: TaskRun) -> str:
    """What a failed run says."""
    service.deliver(run)
    assert run.result["attributes"]["status"] == "failed"
    said: str = run.result["attributes"]["message"]
    return said


def test_the_storage_never_sees_the_token(service: Service, hcp: RunTasks) -> None:
    run = hcp.new_run(PLAN)
    service.deliver(run)
    assert run.result["attributes"]["status"] == "passed"
    (headers,) = run.archive_headers
    assert "authorization" not in headers
    assert "cookie" not in headers
    assert run.token not in str(headers)
    assert headers["host"] == hcp.storage.removeprefix("https://")


@pytest.mark.parametrize("members", [1, 3])
def test_a_compressed_plan_is_unfolded(members: int, service: Service, hcp: RunTasks) -> None:
    run = hcp.new_run(PLAN, compressed=members)
    service.deliver(run)
    assert run.result["attributes"]["status"] == "passed"


@pytest.mark.parametrize("statuses", [[500], [503, 204], [429], [204]])
def test_what_passes_is_tried_again(statuses: list[int], service: Service, hcp: RunTasks) -> None:
    run = hcp.new_run(PLAN, plan_statuses=list(statuses))
    service.deliver(run)
    assert run.result["attributes"]["status"] == "passed"
    assert run.plan_reads == len(statuses) + 1


@pytest.mark.parametrize("wanted", ["1", "soon", "Wed, 21 Oct 2015 07:28:00 GMT"])
def test_one_who_asks_for_seconds_is_given_them(
    wanted: str, service: Service, hcp: RunTasks
) -> None:
    run = hcp.new_run(PLAN, plan_statuses=[429], retry_after=wanted)
    service.deliver(run)
    assert run.result["attributes"]["status"] == "passed"
    first, second = run.plan_read_times
    assert wanted != "1" or second - first >= 1


def test_what_does_not_pass_fails_after_four_tries(service: Service, hcp: RunTasks) -> None:
    run = hcp.new_run(PLAN, plan_statuses=[500] * 9)
    assert "in 4 tries: HCP Terraform answered 500" in message(service, run)
    assert run.plan_reads == 4


@pytest.mark.parametrize("status", [401, 403, 404, 422])
def test_a_refusal_is_not_tried_again(status: int, service: Service, hcp: RunTasks) -> None:
    run = hcp.new_run(PLAN, plan_statuses=[status])
    assert f"HCP Terraform answered {status}" in message(service, run)
    assert run.plan_reads == 1


def test_a_plan_that_breaks_off_is_tried_again_and_then_fails(
    service: Service, hcp: RunTasks
) -> None:
    run = hcp.new_run(PLAN, broken_off=True)
    assert "in 4 tries: the connection failed" in message(service, run)


@pytest.mark.parametrize("compressed", [0, 1, 40])
def test_a_plan_over_the_limit_fails(
    compressed: int,
    start_service: StartService,
    hcp: RunTasks,
) -> None:
    """A compressed one too, whose header tells of a small one: it would unfold without an end."""
    run = hcp.new_run(b" " * (30 << 20), compressed=compressed)
    assert len(gzip.compress(run.plan)) < 1 << 20
    with start_service(MAX_PLAN_MB="1") as small:
        assert "larger than 1 MB" in message(small, run)


def test_a_slow_plan_fails_in_time(start_service: StartService, hcp: RunTasks) -> None:
    run = hcp.new_run(PLAN, pause=30)
    with start_service(DOWNLOAD_SECONDS="1") as hasty:
        assert message(hasty, run) == "The plan did not arrive within 1 s."
    assert run.times[-1] < 10


@pytest.mark.parametrize(
    ("target", "said"),
    [
        ("http://localhost:1/plan", "without TLS"),
        ("file:///etc/passwd", "no URL"),
        ("ftp://localhost:1/plan", "without TLS"),
        ("https://localhost:99999/plan", "no URL"),
        ("https://localhost:0/plan", "no URL"),
        ("https://[::1/plan", "no URL"),
        ("https://user:password@localhost/plan", "a user name"),
        ("https://169.254.169.254/latest/meta-data", "a network that HCP Terraform is not in"),
        ("https://[fd00:ec2::254]/latest", "a network that HCP Terraform is not in"),
        ("https://[::ffff:169.254.169.254]/x", "a network that HCP Terraform is not in"),
        ("https://0.0.0.0/x", "a network that HCP Terraform is not in"),
        ("https://does-not-exist.invalid/x", "does not resolve"),
    ],
)
def test_a_redirect_that_is_not_followed(
    target: str, said: str, service: Service, hcp: RunTasks
) -> None:
    run = hcp.new_run(PLAN, redirect=target)
    assert said in message(service, run)


def test_a_signed_address_is_called_to_the_letter(service: Service, hcp: RunTasks) -> None:
    """Another spelling of the same address has another signature. They are long, too."""
    query = "X-Amz-Credential=AKIA%2F20261127&sig=a%2Bb%3D%3D&path=a/b&token=" + "%2F" * 8000
    run = hcp.new_run(PLAN)
    run.redirect = f"{hcp.storage}/v1/object/{run.number}?{query}"
    service.deliver(run)
    assert run.result["attributes"]["status"] == "passed"
    assert run.archive_queries == [query]


@pytest.mark.parametrize("location", ["/a b", "https://localhost:1/ä"])
def test_a_redirect_that_would_have_to_be_spelled_otherwise_is_not_followed(
    location: str, service: Service, hcp: RunTasks
) -> None:
    run = hcp.new_run(PLAN, redirect=location, spelled_as_it_is=True)
    assert "something that is no URL" in message(service, run)


def test_a_second_redirect_is_not_followed(service: Service, hcp: RunTasks) -> None:
    """The first leads to HCP Terraform's own address, which would redirect to the plan."""
    run, other = hcp.new_run(PLAN), hcp.new_run(PLAN)
    run.redirect = f"{hcp.address}/api/v2/plans/plan-{other.number}/json-output"
    assert "answered 404" in message(service, run)
    assert other.plan_reads == 0, "the second request had the token"


@pytest.mark.parametrize(
    "found",
    ["127.0.0.1", "::1", "10.0.0.8", "192.168.1.1", "100.64.0.1", "::ffff:127.0.0.1", "fd00::1"],
)
def test_a_public_name_that_resolves_into_a_private_network_is_refused(
    found: str, service: Service, hcp: RunTasks, monkeypatch: pytest.MonkeyPatch
) -> None:
    """HCP Terraform is public, so what it redirects to is as well."""

    async def resolve(host: str, _: int) -> list[object]:
        own = host == "localhost"
        return [ipaddress.ip_address("8.8.8.8"), ipaddress.ip_address("8.8.4.4" if own else found)]

    monkeypatch.setattr("modules.run_task.download.resolve", resolve)
    run = hcp.new_run(PLAN, redirect="https://storage.example/plan")
    assert "a network that HCP Terraform is not in" in message(service, run)


def test_the_address_that_was_checked_is_the_one_that_is_called(
    service: Service, hcp: RunTasks, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else a name could resolve to something else in between. The name is what TLS checks."""
    asked: list[str] = []

    async def resolve(host: str, _: int) -> list[object]:
        asked.append(host)
        return [ipaddress.ip_address("127.0.0.1")]

    monkeypatch.setattr("modules.run_task.download.resolve", resolve)
    port = hcp.storage.rpartition(":")[2]
    run = hcp.new_run(PLAN)
    run.redirect = f"https://archivist.terraform.example:{port}/v1/object/{run.number}"
    service.deliver(run)
    assert run.result["attributes"]["status"] == "passed"
    assert asked == ["localhost", "archivist.terraform.example"]
    assert run.archive_headers[0]["host"] == f"archivist.terraform.example:{port}"


def test_a_certificate_of_another_name_is_refused(
    service: Service, hcp: RunTasks, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def resolve(*_: object) -> list[object]:
        return [ipaddress.ip_address("127.0.0.1")]

    monkeypatch.setattr("modules.run_task.download.resolve", resolve)
    port = hcp.storage.rpartition(":")[2]
    run = hcp.new_run(PLAN, redirect=f"https://another.example:{port}/v1/object/1")
    assert "in 4 tries: the connection failed" in message(service, run)
    assert run.archive_headers == []


def test_a_mock_on_this_machine_may_do_without_tls(start_service: StartService) -> None:
    """For somebody's own tests; its redirect has to stay with it."""
    mock = RunTasks()
    with serving(Starlette(routes=[*mock.api().routes, *mock.archive().routes])) as port:
        mock.address = mock.storage = f"http://localhost:{port}"
        run, other = mock.new_run(PLAN), mock.new_run(PLAN, redirect="http://localhost:1/plan")
        with start_service(HCP_ADDRESS=mock.address) as service:
            for each in (run, other):
                assert service.post(mock.delivery(each)).status_code == 200
            assert run.result["attributes"]["status"] == "passed"
            assert "without TLS" in other.result["attributes"]["message"]
