"""`python -m benchmarks.run_task`: many runs at once through the run task, on loopback.

A mock of HCP Terraform in this process delivers all runs at the same moment, serves each plan over
TLS, and waits for the results. Exit status 1: a limit is missed.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import httpx

from benchmarks.big_plan import big_plan
from benchmarks.figures import Figure, Limit
from benchmarks.measure import descendants
from benchmarks.report import render_table
from modules.run_task.settings import PREFIX
from tests.hcp import plans
from tests.hcp.certificates import Certificates, make_certificates
from tests.hcp.run_tasks import RunTasks, TaskRun, signature
from tests.hcp.serving import serving

KEY = "a key that only this benchmark has"
RESOURCES = 5000
_RESIDENT = re.compile(r"^VmRSS:\s+(\d+) kB$", re.MULTILINE)


@dataclass
class Memory:
    """The most that the service and its reviews held at one moment, in MiB."""

    pid: int
    most: float = 0
    ended: threading.Event = field(default_factory=threading.Event)

    def follow(self) -> None:
        """Look at it until it ended."""
        while not self.ended.wait(0.05):
            held = sum(_resident_kib(pid) for pid in descendants(self.pid))
            self.most = max(self.most, held / 1024)


def main() -> int:
    """Deliver, wait, and say whether the limits hold."""
    parser = argparse.ArgumentParser(prog="benchmarks.run_task", description=__doc__)
    parser.add_argument("--runs", type=int, default=50)
    parser.add_argument("--plan-mb", type=int, default=50)
    parser.add_argument("--compressed", action="store_true", help="plans come as gzip")
    options = parser.parse_args()
    os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:2])
    load = os.getloadavg()[0]
    with tempfile.TemporaryDirectory() as scratch, ExitStack() as stack:
        certificates = make_certificates(Path(scratch))
        mock = RunTasks()
        mock.address = _address(stack.enter_context(serving(mock.api(), certificates)))
        mock.storage = _address(stack.enter_context(serving(mock.archive(), certificates)))
        address, process = stack.enter_context(service(mock, certificates))
        figures = []
        for kind, make in PLANS.items():
            plan = make(options.plan_mb << 20)
            runs = [
                mock.new_run(plan, compressed=int(options.compressed)) for _ in range(options.runs)
            ]
            figures += [
                replace(figure, name=f"{kind}: {figure.name}")
                for figure in measured(mock, runs, address, process)
            ]
    sys.stdout.write(f"{render_table(figures)}\n\n{options}, load before {load:.1f}\n")
    return 0 if all(figure.is_met for figure in figures) else 1


def measured(
    mock: RunTasks, runs: list[TaskRun], address: str, process: subprocess.Popen[bytes]
) -> list[Figure]:
    """All runs at once, to the last result."""
    memory = Memory(process.pid)
    follower = threading.Thread(target=memory.follow)
    follower.start()
    with ThreadPoolExecutor(len(runs)) as pool, httpx.Client(trust_env=False, timeout=60) as client:
        answers = list(pool.map(lambda run: deliver(mock, run, address, client), runs))
    lost = sum(not run.final.wait(600) for run in runs)
    memory.ended.set()
    follower.join()
    results = [run.times[-1] for run in runs if run.final.is_set()]
    wrong = sum(run.callbacks[-1]["data"]["attributes"]["status"] != "failed" for run in runs)
    return [
        Figure(
            name="slowest answer", unit="s", measured=max(answers), limit=Limit.AT_MOST, bound=1
        ),
        Figure(
            name="slowest result", unit="s", measured=max(results), limit=Limit.AT_MOST, bound=30
        ),
        Figure(name="results lost", unit="", measured=lost, limit=Limit.AT_MOST, bound=0),
        Figure(name="wrong results", unit="", measured=wrong, limit=Limit.AT_MOST, bound=0),
        Figure(name="memory", unit="MiB", measured=memory.most, limit=Limit.AT_MOST, bound=1024),
    ]


def deliver(mock: RunTasks, run: TaskRun, address: str, client: httpx.Client) -> float:
    """Seconds to the answer of a delivery."""
    body = mock.delivery(run)
    begin = time.monotonic()
    headers = {"X-TFC-Task-Signature": signature(body, KEY)}
    client.post(address, content=body, headers=headers).raise_for_status()
    return time.monotonic() - begin


@contextmanager
def service(
    mock: RunTasks, certificates: Certificates
) -> Iterator[tuple[str, subprocess.Popen[bytes]]]:
    """The service in a process of its own, with its usual settings."""
    with socket.create_server(("127.0.0.1", 0)) as found:
        port = found.getsockname()[1]
    settings = {
        "HMAC_KEY": KEY,
        "HCP_ADDRESS": mock.address,
        "CA_FILE": str(certificates.authority),
        "LISTEN": f"127.0.0.1:{port}",
        "DOWNLOAD_SECONDS": "600",
        "LOG_LEVEL": "ERROR",
    }
    environment = os.environ | {PREFIX + name: value for name, value in settings.items()}
    command = [sys.executable, "-m", "modules.cli", "run-task"]
    with subprocess.Popen(command, env=environment) as process:
        address = f"http://127.0.0.1:{port}/"
        _wait_for(address)
        try:
            yield address, process
        finally:
            process.send_signal(signal.SIGTERM)


def quiet_plan(size: int) -> bytes:
    """A plan of that many bytes: 5,000 resources, one of which begins to install patches."""
    document = plans.installing_begins()
    filler = "x" * max(1, size // (RESOURCES * 4) - 300)
    resources = [_resource(number, filler) for number in range(RESOURCES)]
    unchanged = [
        plans.change(each, each, type_="aws_ssm_document", name=f"d{n}")
        for n, each in enumerate(resources)
    ]
    document["resource_changes"] += unchanged
    values = {"root_module": {"resources": [{"values": each} for each in resources]}}
    document |= {"planned_values": values, "prior_state": {"values": values}}
    return json.dumps(document).encode()


PLANS = {"one of 5,000 resources changes": quiet_plan, "everything changes": big_plan}


def _resource(number: int, filler: str) -> dict[str, Any]:
    content = json.dumps({"schemaVersion": "0.3", "description": filler})
    return {"name": f"document-{number}", "content": content, "document_type": "Automation"}


def _address(port: int) -> str:
    return f"https://localhost:{port}"


def _wait_for(address: str) -> None:
    for _ in range(200):
        try:
            httpx.get(f"{address}health").raise_for_status()
        except httpx.TransportError:
            time.sleep(0.05)
        else:
            return
    raise TimeoutError


def _resident_kib(pid: int) -> int:
    try:
        found = _RESIDENT.search(Path(f"/proc/{pid}/status").read_text())
    except OSError:  # the process has ended
        return 0
    return int(found[1]) if found else 0


if __name__ == "__main__":
    sys.exit(main())
