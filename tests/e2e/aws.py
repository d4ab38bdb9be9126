"""The embedded AWS that deployments go to, and what tests ask it."""

from __future__ import annotations

import json
import subprocess
import sys
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import boto3

from modules.local_aws import environment

ROOT = Path(__file__).parents[2]
ACCOUNT = "123456789012"
OTHER_ACCOUNT = "111122223333"
REGION = "ap-northeast-1"
PATIENCE_SECONDS = 60


@dataclass(frozen=True, kw_only=True)
class Aws:
    """An embedded AWS that runs as a process of its own, so that tests can have several."""

    url: str
    process: subprocess.Popen[str]

    def environment(self, account: str = ACCOUNT) -> dict[str, str]:
        return environment(self.url, account, REGION)

    def client(
        self,
        service: str,
        account: str = ACCOUNT,
        region: str = REGION,
        credentials: Mapping[str, str] | None = None,
    ) -> Any:
        """A client of an account's administrator, or of a session's credentials."""
        session: Any = boto3.Session(
            aws_access_key_id=credentials["AccessKeyId"] if credentials else account,
            aws_secret_access_key=credentials["SecretAccessKey"] if credentials else "any",
            aws_session_token=credentials["SessionToken"] if credentials else None,
        )
        return session.client(service, region_name=region, endpoint_url=self.url)

    def ask(self, method: str, what: str, body: Mapping[str, Any] | None = None) -> Any:
        request = urllib.request.Request(  # noqa: S310  # our own loopback URL
            f"{self.url}/_local_aws/{what}", method=method, data=json.dumps(body or {}).encode()
        )
        with urllib.request.urlopen(request, timeout=PATIENCE_SECONDS) as answer:  # noqa: S310
            return json.load(answer)


@contextmanager
def embedded_aws(fleet: Path = ROOT / "examples/fleet.yaml") -> Iterator[Aws]:
    """An embedded AWS on a free port."""
    command = [sys.executable, "-m", "modules.local_aws", "--fleet", str(fleet)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        url = process.stdout.readline().strip()
        assert url, "the embedded AWS did not start"
        try:
            yield Aws(url=url, process=process)
        finally:
            process.terminate()
