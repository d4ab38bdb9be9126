"""The service on loopback beside a mock of HCP Terraform, both in this process."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

from modules.run_task.app import RunTask
from modules.run_task.log import NAME, JsonLines
from modules.run_task.server import ImpatientProtocol
from modules.run_task.settings import PREFIX, read_settings
from tests.hcp.certificates import Certificates, make_certificates
from tests.hcp.run_tasks import RunTasks, TaskRun, signature
from tests.hcp.serving import serving

KEY = "a key that only the tests have"


@dataclass(kw_only=True)
class Service:
    """The service, and the HCP Terraform that it belongs to."""

    hcp: RunTasks
    address: str
    port: int

    def post(self, body: bytes, **headers: str) -> httpx.Response:
        """A request whose signature is right, unless another is given."""
        signed = {"X-TFC-Task-Signature": signature(body, KEY), "Content-Type": "application/json"}
        return httpx.post(self.address, content=body, headers=signed | headers, timeout=60)

    def deliver(self, run: TaskRun, **other: Any) -> httpx.Response:
        return self.post(self.hcp.delivery(run, **other))


@pytest.fixture(scope="session")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Certificates:
    return make_certificates(tmp_path_factory.mktemp("certificates"))


@pytest.fixture(scope="session")
def hcp(certificates: Certificates) -> Iterator[RunTasks]:
    """One mock for all tests: each makes runs of its own."""
    mock = RunTasks()
    with ExitStack() as stack:
        port = stack.enter_context(serving(mock.api(), certificates))
        storage = stack.enter_context(serving(mock.archive(), certificates))
        mock.address = f"https://localhost:{port}"
        mock.storage = f"https://localhost:{storage}"
        yield mock


StartService = Callable[..., Any]


@pytest.fixture(scope="session")
def start_service(hcp: RunTasks, certificates: Certificates) -> StartService:
    """Starts a service with other settings than the usual, in a `with` block."""

    @contextmanager
    def start(**settings: str) -> Iterator[Service]:
        environment = {
            "HMAC_KEY": KEY,
            "HCP_ADDRESS": hcp.address,
            "CA_FILE": str(certificates.authority),
            "STOP_SECONDS": "5",
        } | settings
        read = read_settings({PREFIX + name: value for name, value in environment.items()})
        with serving(RunTask(read).app(), lifespan="on", http=ImpatientProtocol) as port:
            yield Service(hcp=hcp, address=f"http://127.0.0.1:{port}/", port=port)

    return start


@pytest.fixture(scope="session")
def service(start_service: StartService) -> Iterator[Service]:
    """A service with the usual settings, for all tests that leave it as it is."""
    with start_service() as started:
        yield started


@pytest.fixture
def log(tmp_path: Path) -> Iterator[Callable[[], str]]:
    """What the service and its libraries log while the test runs, at their chattiest."""
    file = tmp_path / "log"
    handler = logging.FileHandler(file)
    handler.setFormatter(JsonLines())
    root, ours = logging.getLogger(), logging.getLogger(NAME)
    before = (root.level, ours.level)
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    ours.setLevel(logging.INFO)
    yield lambda: file.read_text(encoding="utf-8")
    root.removeHandler(handler)
    handler.close()
    root.setLevel(before[0])
    ours.setLevel(before[1])
