"""The real Terraform at a terminal, and a mock of HCP Terraform that it talks to over TLS."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from modules.local_aws import LocalAws
from modules.local_aws.fleet import Fleet
from modules.run_task.app import RunTask
from modules.run_task.settings import PREFIX, read_settings
from modules.terraform_cli import find_terraform, terraform_environment
from tests.hcp.certificates import Certificates, make_certificates
from tests.hcp.remote_runs import RemoteRun
from tests.hcp.serving import serving
from tests.hcp.workspaces import TOKEN, Workspaces
from tests.synth.apps import EXAMPLE, synthesize, write_app

HOSTNAME = "app.terraform.example"
KEY = "a key that only the tests have"
REGION = "ap-northeast-1"
STACK = f"patch-policy-a1b2c-{REGION}"
# What a developer has lying about, and must never leave the machine.
SECRETS = {
    ".env": "AWS_SECRET_ACCESS_KEY=hunter2-env",
    "terraform.tfvars": 'password = "hunter2-tfvars"',
    "state/old.tfstate": '{"password": "hunter2-state"}',
    "node_modules/big.js": "hunter2-node " * 100_000,
    ".git/config": "token = hunter2-git",
    "policies/notes.txt": "hunter2-notes",
    f"cdktf.out/stacks/{STACK}/plan": "hunter2-plan",
    f"cdktf.out/stacks/{STACK}/terraform.tfstate.backup": "hunter2-backup",
}

CLI_CONFIGURATION = """
host "{host}" {{
  services = {{ "tfe.v2" = "{address}/api/v2/" }}
}}
credentials "{host}" {{
  token = "{token}"
}}
"""


@dataclass(kw_only=True)
class Terminal:
    """A project on somebody's machine, and the organization that its `stack` belongs to."""

    hcp: Workspaces
    app: Path
    stack: Path
    environment: Mapping[str, str]
    printed: list[str] = field(default_factory=list)

    def terraform(self, *arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
        done = subprocess.run(
            [find_terraform(), *arguments, "-no-color"],
            cwd=self.stack,
            env=dict(self.environment) | variables,
            capture_output=True,
            text=True,
            check=False,
            timeout=300,
        )
        self.printed.append(done.stdout + done.stderr)
        return done

    def plan(self) -> RemoteRun:
        """Plan remotely; the run of it."""
        for arguments in (["init", "-input=false"], ["plan", "-input=false"]):
            done = self.terraform(*arguments)
            assert done.returncode == 0, done.stdout + done.stderr
        return self.hcp.remote_runs[-1]


@pytest.fixture(scope="session")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Certificates:
    return make_certificates(tmp_path_factory.mktemp("certificates"))


@pytest.fixture(scope="session")
def hcp(
    certificates: Certificates, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Workspaces]:
    """HCP Terraform, whose runs plan against the embedded AWS, with the run task attached."""
    folder = tmp_path_factory.mktemp("hcp")
    with LocalAws.start(Fleet()) as aws, ExitStack() as stack:
        remote = terraform_environment(folder, dict(aws.environment(region=REGION)))
        mock = Workspaces(folder=folder / "runs", environment=remote)
        port = stack.enter_context(serving(mock.api(), certificates))
        storage = stack.enter_context(serving(mock.archive(), certificates))
        mock.address = f"https://localhost:{port}"
        mock.storage = f"https://localhost:{storage}"
        settings = {
            "HMAC_KEY": KEY,
            "HCP_ADDRESS": mock.address,
            "CA_FILE": str(certificates.authority),
        }
        read = read_settings({PREFIX + name: value for name, value in settings.items()})
        task = stack.enter_context(serving(RunTask(read).app(), lifespan="on"))
        mock.task = (f"http://127.0.0.1:{task}/", KEY)
        yield mock


@pytest.fixture(scope="session")
def cli(
    hcp: Workspaces, certificates: Certificates, tmp_path_factory: pytest.TempPathFactory
) -> Mapping[str, str]:
    """Terraform's environment at the terminal: it has a token, and no credentials of AWS."""
    folder = tmp_path_factory.mktemp("cli")
    kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    found = terraform_environment(folder, kept)
    mirror = found.get("TF_CLI_CONFIG_FILE")
    text = Path(mirror).read_text(encoding="utf-8") if mirror else ""
    text += CLI_CONFIGURATION.format(host=HOSTNAME, address=hcp.address, token=TOKEN)
    (folder / "terraform.tfrc").write_text(text, encoding="utf-8")
    return found | {
        "TF_CLI_CONFIG_FILE": str(folder / "terraform.tfrc"),
        "SSL_CERT_FILE": str(certificates.authority),
    }


def folder_of(app: Path) -> Path:
    """The folder of the stack that these tests run."""
    return app / "cdktf.out" / "stacks" / STACK


def project(folder: Path, **cloud: object) -> Path:
    """A synthesized project whose states are in HCP Terraform."""
    settings = {"organization": "acme", "hostname": HOSTNAME, "project": "patching"} | cloud
    app = write_app(
        folder / "app", {"linux": EXAMPLE.read_text("utf-8")}, {"backend": {"cloud": settings}}
    )
    synthesize(app)
    for name, text in SECRETS.items():
        (app / name).parent.mkdir(parents=True, exist_ok=True)
        (app / name).write_text(text, encoding="utf-8")
    return app
