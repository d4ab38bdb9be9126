"""A user's project folder, and the commands that a user runs in it."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import yaml

from modules.terraform_cli import find_terraform, terraform_environment
from tests.e2e.aws import ACCOUNT, ROOT, Aws

PATIENCE_SECONDS = 300
DEPLOY = ("deploy", "*", "--auto-approve", "--skip-provider-lock")


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """How a command ended; a failed assertion shows all that it printed."""

    command: Sequence[str]
    status: int
    output: str

    def __str__(self) -> str:
        return f"{' '.join(self.command)}: exit status {self.status}\n{self.output}"

    def succeeded(self) -> Outcome:
        assert self.status == 0, str(self)
        return self

    def failed(self, *, saying: str) -> Outcome:
        assert self.status != 0, str(self)
        assert saying in " ".join(self.output.split()), str(self)
        return self


@dataclass(frozen=True, kw_only=True)
class Project:
    """A user's folder: cdktf.json, policy files, and the environment of its commands."""

    folder: Path
    env: Mapping[str, str]

    def with_env(self, **changed: str) -> Project:
        """The same folder for a user whose environment differs."""
        return replace(self, env={**self.env, **changed})

    def write_policy(self, policy: Mapping[str, Any]) -> None:
        file = self.folder / f"{policy['configuration_id']}.yaml"
        file.write_text(yaml.safe_dump(dict(policy)), encoding="utf-8")

    def start(self, *command: str, cwd: Path | None = None) -> Running:
        log = self.folder / f"{Path(command[0]).name}-{time.monotonic_ns()}.log"
        with log.open("wb") as output:
            process = subprocess.Popen(
                command,
                cwd=cwd or self.folder,
                env=self.env,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        return Running(process=process, log=log, command=command)

    def run(self, *command: str) -> Outcome:
        return self.start(*command).wait()

    def synth(self) -> Outcome:
        """The app without the CDKTF command line, which takes three seconds of its own."""
        return self.run(sys.executable, str(ROOT / "main.py"))

    def cdktf(self, *arguments: str) -> Outcome:
        return self.start_cdktf(*arguments).wait()

    def start_cdktf(self, *arguments: str) -> Running:
        return self.start(sys.executable, "-m", "modules.cdktf_cli", *arguments)

    def stack(self, name: str) -> Stack:
        return Stack(project=self, folder=self.folder / "cdktf.out/stacks" / name)


@dataclass(frozen=True, kw_only=True)
class Running:
    """A command that may be waited for, or interrupted."""

    process: subprocess.Popen[bytes]
    log: Path
    command: Sequence[str]

    @property
    def output(self) -> str:
        return self.log.read_text(encoding="utf-8", errors="replace")

    def wait(self, seconds: float = PATIENCE_SECONDS) -> Outcome:
        try:
            status = self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()
            raise AssertionError(f"{self.command} took over {seconds} s:\n{self.output}") from None
        return Outcome(command=self.command, status=status, output=self.output)


@dataclass(frozen=True, kw_only=True)
class Stack:
    """A synthesized stack, worked on with terraform alone."""

    project: Project
    folder: Path

    def start(self, *arguments: str) -> Running:
        return self.project.start(find_terraform(), *arguments, "-no-color", cwd=self.folder)

    def run(self, *arguments: str) -> Outcome:
        return self.start(*arguments).wait()

    def init(self) -> Stack:
        self.run("init", "-input=false").succeeded()
        return self

    def apply(self) -> Outcome:
        return self.run("apply", "-auto-approve", "-input=false")

    def plan(self) -> Outcome:
        return self.run("plan", "-detailed-exitcode", "-input=false")


def new_project(folder: Path, aws: Aws, account: str = ACCOUNT, *, settle: bool = True) -> Project:
    """A user's folder with the project's own app, whose commands talk to an embedded AWS.

    With `settle=False` the pause for new roles passes at once: its `sleep` is another one.
    """
    tools = folder / "bin"
    tools.mkdir(parents=True)
    configuration = json.loads((ROOT / "cdktf.json").read_text(encoding="utf-8"))
    configuration["app"] = f"{sys.executable} {ROOT / 'main.py'}"
    configuration["context"]["policies"] = ["*.yaml"]
    (folder / "cdktf.json").write_text(json.dumps(configuration), encoding="utf-8")
    env = terraform_environment(folder, aws.environment(account))
    if not settle:
        (tools / "sleep").symlink_to("/bin/true")
    env |= {
        "PATH": os.pathsep.join([str(tools), str(Path(sys.executable).parent), env["PATH"]]),
        "PYTHONPATH": str(ROOT),
        "CI": "1",  # cdktf then draws no spinner
    }
    return Project(folder=folder, env=env)
