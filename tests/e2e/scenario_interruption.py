"""Deployments that a signal stops half-way, while AWS is making what Terraform waits for."""

from __future__ import annotations

import os
import shlex
import signal
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from tests.e2e.aws import OTHER_ACCOUNT, REGION, Aws, embedded_aws
from tests.e2e.harness import DEPLOY, Outcome, Project, Running, new_project
from tests.e2e.inventory import associations

ANSWER_LATE_SECONDS = 4
DOUBLED = "AWS-QuickSetup-PatchPolicy-ScanForPatches-LA-sigint"


@dataclass(frozen=True, kw_only=True)
class Interrupted:
    """One deployment: as it was interrupted, and run again."""

    first: Outcome
    still_running: list[str]
    preflight: Outcome
    imports: list[Outcome]
    second: Outcome
    plan: Outcome
    associations: set[str]


@dataclass(frozen=True, kw_only=True)
class Interruption:
    """By the signal's name; and what preflight says of an association that is there twice."""

    by_signal: dict[str, Interrupted]
    doubled: Outcome
    deployment_of_doubled: Outcome


def play(folder: Path) -> Interruption:
    """Interrupt three deployments in one embedded AWS, each in its way."""
    stops: dict[str, Callable[[Running, Path], None]] = {
        "SIGINT": lambda running, _: os.killpg(running.process.pid, signal.SIGINT),
        "SIGTERM": lambda running, _: os.kill(running.process.pid, signal.SIGTERM),
        "SIGKILL": lambda _, there: _kill_all(there),
    }
    with embedded_aws() as aws, ThreadPoolExecutor(len(stops)) as pool:
        for operation in ("iam.CreateRole", "ssm.CreateAssociation"):
            late = {"operation": operation, "delay_seconds": ANSWER_LATE_SECONDS}
            aws.ask("POST", "faults", {**late, "times": 1000, "when": "after"})
        projects = {name: new_project(folder / name, aws, settle=False) for name in stops}
        runs = {
            name: pool.submit(_interrupt, aws, projects[name], name, stop)
            for name, stop in stops.items()
        }
        by_signal = {name: run.result() for name, run in runs.items()}
        aws.client("ssm").create_association(
            Name="AWS-RunPatchBaseline",
            AssociationName=DOUBLED,
            Parameters={"Operation": ["Scan"]},
            Targets=[{"Key": "InstanceIds", "Values": ["*"]}],
        )
        doubled = projects["SIGINT"].run("patch-policy", "preflight")
        deployment = projects["SIGINT"].cdktf(*DEPLOY)
    return Interruption(by_signal=by_signal, doubled=doubled, deployment_of_doubled=deployment)


def _interrupt(
    aws: Aws, project: Project, name: str, stop: Callable[[Running, Path], None]
) -> Interrupted:
    configuration_id = name.lower()
    project.write_policy(
        {
            "name": name,
            "configuration_id": configuration_id,
            "home_region": REGION,
            "targets": {"tag": {"key": "Env", "value": "prod"}},
            "instance_roles": {"manage_default_role": False},
            "baseline_store": {"account": OTHER_ACCOUNT},
        }
    )
    running = project.start_cdktf(*DEPLOY)
    is_there = _association_is_there if name == "SIGINT" else _role_is_there
    _wait_for(partial(is_there, aws, configuration_id), running)
    stop(running, project.folder)
    first = running.wait()
    still_running = [command for _, command in _processes(project.folder)]
    preflight = project.run("patch-policy", "preflight")
    imports = [
        project.run(*shlex.split(line.split("import it: ")[1]))
        for line in preflight.output.splitlines()
        if "import it: " in line
    ]
    second = project.cdktf(*DEPLOY)
    plan = project.stack(f"patch-policy-{configuration_id}-{REGION}").plan()
    return Interrupted(
        first=first,
        still_running=still_running,
        preflight=preflight,
        imports=imports,
        second=second,
        plan=plan,
        associations={each for each in associations(aws) if each.endswith(configuration_id)},
    )


def _association_is_there(aws: Aws, configuration_id: str) -> bool:
    found = aws.client("ssm").list_associations()["Associations"]
    return any(each["AssociationName"].endswith(configuration_id) for each in found)


def _role_is_there(aws: Aws, configuration_id: str) -> bool:
    roles = aws.client("iam").list_roles(MaxItems=1000)["Roles"]
    return any(each["RoleName"].endswith(configuration_id) for each in roles)


def _wait_for(condition: Callable[[], bool], running: Running) -> None:
    while not condition():
        assert running.process.poll() is None, running.output
        time.sleep(0.2)


def _kill_all(folder: Path) -> None:
    """cdktf, Terraform, its providers: whatever runs in the project's folder."""
    while found := [pid for pid, _ in _processes(folder)]:  # one may start another meanwhile
        for pid in found:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        time.sleep(0.2)


def _processes(folder: Path) -> Iterator[tuple[int, str]]:
    for process in Path("/proc").glob("[0-9]*"):
        try:
            if process.joinpath("cwd").resolve(strict=True).is_relative_to(folder):
                yield int(process.name), process.joinpath("cmdline").read_text().replace("\0", " ")
        except OSError:
            continue  # it has ended in the meantime
