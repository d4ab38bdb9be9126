"""The fleet file, the process, and the address it listens on."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
import urllib3

from modules.local_aws import FleetFileError, LocalAws, load_fleet

ROOT = Path(__file__).parents[2]
COMMAND = [sys.executable, "-m", "modules.local_aws"]


def test_the_example_fleet_is_a_good_one() -> None:
    fleet = load_fleet(ROOT / "examples" / "fleet.yaml")
    assert {node.kind for node in fleet.nodes} == {"ec2", "hybrid"}
    assert len(fleet.memberships) == 2


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("nodes: [{}]", "$.nodes[0]: 'name' is a required property"),
        ("nodes: [{name: a, color: red}]", "'color' was unexpected"),
        ("nodes: [{name: a, kind: mainframe}]", "$.nodes[0].kind: 'mainframe' is not one of"),
        ("accounts: {'12': {}}", "$.accounts: '12' does not match"),
        ("accounts: {'123456789012': {organization_path: x}}", "organization_path: 'x'"),
        ("- a", "is not of type 'object'"),
        ("a: [", "not YAML"),
    ],
)
def test_a_bad_fleet_file_is_explained(tmp_path: Path, text: str, problem: str) -> None:
    path = tmp_path / "fleet.yaml"
    path.write_text(text)
    with pytest.raises(FleetFileError) as caught:
        load_fleet(path)
    assert str(caught.value).startswith(f"{path}: ")
    assert problem in str(caught.value)


@pytest.mark.parametrize("host", ["0.0.0.0", "192.0.2.1", "example"])  # noqa: S104  # to be refused
def test_it_listens_on_loopback_only(host: str) -> None:
    with pytest.raises(ValueError, match=host):
        LocalAws.start(host=host)


@pytest.mark.parametrize("stop", [signal.SIGTERM, signal.SIGINT])
def test_the_process_says_where_it_is_and_stops_when_told(stop: signal.Signals) -> None:
    with subprocess.Popen(COMMAND, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        url = process.stdout.readline().strip()
        assert url.startswith("http://127.0.0.1:")
        assert urllib3.request("GET", f"{url}/_local_aws/health").status == 200
        process.send_signal(stop)
        assert process.wait(timeout=10) == 0


def test_a_fleet_file_that_is_not_there_ends_with_status_2(tmp_path: Path) -> None:
    path = tmp_path / "nothing.yaml"
    done = subprocess.run(
        [*COMMAND, "--fleet", str(path)], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (2, f"{path}: No such file or directory\n")


def test_the_environment_lets_nothing_of_the_users_own_through(
    aws: LocalAws, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("AWS_PROFILE", "AWS_SESSION_TOKEN", "AWS_ENDPOINT_URL_S3"):
        monkeypatch.setenv(name, "mine")
    given = aws.environment("111122223333", "eu-west-1")
    assert not {"AWS_PROFILE", "AWS_SESSION_TOKEN", "AWS_ENDPOINT_URL_S3"} & given.keys()
    assert given["AWS_ENDPOINT_URL"] == aws.url
    assert given["AWS_ACCESS_KEY_ID"] == "111122223333"
    assert (given["AWS_REGION"], given["PATH"]) == ("eu-west-1", os.environ["PATH"])
