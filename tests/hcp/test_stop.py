"""The command as a process: it starts, checks its settings, and stops without losing a run."""

from __future__ import annotations

import json
import os
import signal
import socket
import ssl
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from modules.run_task.settings import PREFIX
from tests.hcp import plans
from tests.hcp.certificates import Certificates
from tests.hcp.conftest import KEY, Service
from tests.hcp.run_tasks import RunTasks

ROOT = Path(__file__).parents[2]
COMMAND = [sys.executable, "-m", "modules.cli", "run-task"]


def environment(hcp: RunTasks, certificates: Certificates, **settings: str) -> dict[str, str]:
    values = {
        "HMAC_KEY": KEY,
        "HCP_ADDRESS": hcp.address,
        "CA_FILE": str(certificates.authority),
        "LISTEN": f"127.0.0.1:{free_port()}",
    } | settings
    return os.environ | {PREFIX + name: value for name, value in values.items()}


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as found:
        port: int = found.getsockname()[1]
        return port


@contextmanager
def running(
    hcp: RunTasks, values: dict[str, str], scheme: str = "http"
) -> Iterator[tuple[Service, subprocess.Popen[str]]]:
    """The service in a process; it is killed where the block did not stop it."""
    port = int(values[f"{PREFIX}LISTEN"].rpartition(":")[2])
    with subprocess.Popen(
        COMMAND, cwd=ROOT, env=values, stderr=subprocess.PIPE, text=True
    ) as process:
        try:
            wait_for(port)
            yield Service(hcp=hcp, address=f"{scheme}://localhost:{port}/", port=port), process
        finally:
            process.kill()


def wait_for(port: int) -> None:
    end = time.monotonic() + 20
    while time.monotonic() < end:
        try:
            socket.create_connection(("127.0.0.1", port)).close()
        except ConnectionRefusedError:
            time.sleep(0.05)
        else:
            return
    raise TimeoutError


def stop(process: subprocess.Popen[str], number: int = signal.SIGTERM) -> tuple[int, list[str]]:
    """The exit status, and the events of the log."""
    process.send_signal(number)
    _, errors = process.communicate(timeout=60)
    return process.returncode, [json.loads(line)["event"] for line in errors.splitlines()]


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_stop_lets_a_running_review_complete(
    number: int, hcp: RunTasks, certificates: Certificates
) -> None:
    run = hcp.new_run(plans.installing_begins(), pause=1.0)
    with running(hcp, environment(hcp, certificates)) as (service, process):
        assert service.deliver(run).status_code == 200
        status, events = stop(process, number)
    assert status == 0
    assert run.result["attributes"]["status"] == "failed"
    assert run.outcomes[0]["outcome-id"] == "install-begins"
    assert events[-3:] == ["plan fetched", "result sent", "stopped"]


def test_a_stop_reports_what_does_not_complete_in_time(
    hcp: RunTasks, certificates: Certificates
) -> None:
    run = hcp.new_run(plans.nothing_changes(), pause=60)
    with running(hcp, environment(hcp, certificates, STOP_SECONDS="1")) as (service, process):
        service.deliver(run)
        begin = time.monotonic()
        status, events = stop(process)
    assert (status, time.monotonic() - begin < 15) == (0, True)
    assert run.result["attributes"]["status"] == "failed"
    assert run.result["attributes"]["message"].endswith("Run the task again.")
    assert events[-2:] == ["result sent", "stopped"]


def test_a_result_that_waits_for_another_try_is_sent_before_the_end(
    hcp: RunTasks, certificates: Certificates
) -> None:
    """The third try would come after the stop: the last word is said at once."""
    run = hcp.new_run(plans.nothing_changes(), callback_statuses=[200, 200] + [503] * 4)
    with running(hcp, environment(hcp, certificates, STOP_SECONDS="1")) as (service, process):
        service.deliver(run)
        while len(run.callback_statuses) > 1:
            time.sleep(0.05)
        status, _ = stop(process)
    assert status == 0
    assert run.result["attributes"]["status"] == "passed"


def test_it_speaks_tls_where_it_has_a_certificate(
    hcp: RunTasks, certificates: Certificates
) -> None:
    files = {"TLS_CERTIFICATE": str(certificates.certificate), "TLS_KEY": str(certificates.key)}
    with running(hcp, environment(hcp, certificates, **files), "https") as (service, process):
        trust = ssl.create_default_context(cafile=certificates.authority)
        answer = httpx.get(f"{service.address}health", verify=trust, timeout=20)
        assert answer.json() == {"status": "ok", "active_runs": 0}
        assert stop(process)[0] == 0


def test_every_problem_of_the_settings_is_printed_at_once(
    hcp: RunTasks, certificates: Certificates
) -> None:
    wrong = environment(hcp, certificates, HMAC_KEY="", FAIL_ON="hihg", MAX_PLAN="7", REVIEWS="0")
    done = subprocess.run(COMMAND, cwd=ROOT, env=wrong, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (2, "")
    assert len(done.stderr.splitlines()) == 4
    assert "Traceback" not in done.stderr


def test_the_settings_can_be_checked_alone(hcp: RunTasks, certificates: Certificates) -> None:
    right = environment(hcp, certificates)
    done = subprocess.run(
        [*COMMAND, "--check"], cwd=ROOT, env=right, capture_output=True, check=False
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")


@pytest.mark.parametrize("host", ["127.0.0.1", "no-such-host.invalid"])
def test_an_address_that_cannot_be_listened_on_is_said_so(
    host: str, hcp: RunTasks, certificates: Certificates
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        taken = f"{host}:{other.getsockname()[1]}"
        values = environment(hcp, certificates, LISTEN=taken)
        done = subprocess.run(
            COMMAND, cwd=ROOT, env=values, capture_output=True, text=True, check=False
        )
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith(f"{PREFIX}LISTEN: found '{taken}'; cannot listen there: ")
    assert done.stderr.count("\n") == 1


@pytest.mark.parametrize("files", [("key", "key"), ("certificate", "authority")])
def test_a_certificate_that_does_not_do_is_found_by_the_check(
    files: tuple[str, str], hcp: RunTasks, certificates: Certificates
) -> None:
    certificate, key = (str(getattr(certificates, name)) for name in files)
    wrong = environment(hcp, certificates, TLS_CERTIFICATE=certificate, TLS_KEY=key)
    done = subprocess.run(
        [*COMMAND, "--check"], cwd=ROOT, env=wrong, capture_output=True, text=True, check=False
    )
    assert done.returncode == 2
    assert "expected a certificate chain and its key in PEM" in done.stderr
    assert done.stderr.count("\n") == 1


def test_a_second_signal_changes_nothing(hcp: RunTasks, certificates: Certificates) -> None:
    """Whoever is impatient would otherwise lose what the first lets complete."""
    run = hcp.new_run(plans.installing_begins(), pause=1.0)
    with running(hcp, environment(hcp, certificates)) as (service, process):
        service.deliver(run)
        process.send_signal(signal.SIGTERM)
        time.sleep(0.3)
        status, events = stop(process)
    assert status == 0
    assert run.result["attributes"]["status"] == "failed"
    assert events[-1] == "stopped"
