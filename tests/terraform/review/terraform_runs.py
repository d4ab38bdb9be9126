"""Terraform in a folder against an embedded AWS, and what else the labelled plans need of it."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import boto3

from modules.local_aws import LocalAws
from modules.local_aws.fleet import Fleet
from modules.terraform_cli import find_terraform, terraform_environment

ROOT = Path(__file__).resolve().parents[3]
REGION = "ap-northeast-1"
FLEET = Fleet(missing_baselines={REGION: frozenset({"AMAZON_LINUX_2022"})})


class Terraform:
    """Terraform in a folder, against an embedded AWS."""

    def __init__(self, folder: Path, environment: Mapping[str, str]) -> None:
        self.folder, self.environment = folder, environment

    def run(self, *arguments: str) -> str:
        done = subprocess.run(
            [find_terraform(), *arguments],
            cwd=self.folder,
            env=dict(self.environment),
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode != 0:
            raise RuntimeError(
                f"{' '.join(arguments)} in {self.folder}:\n{done.stdout}{done.stderr}"
            )
        return done.stdout

    def apply(self) -> None:
        self.run("apply", "-auto-approve", "-input=false", "-no-color")

    def plan(self, *options: str) -> dict[str, Any]:
        self.run("plan", "-input=false", "-no-color", "-out=plan", *options)
        shown: dict[str, Any] = json.loads(self.run("show", "-json", "plan"))
        return shown


@contextmanager
def embedded_aws() -> Iterator[LocalAws]:
    with LocalAws.start(FLEET) as aws:
        yield aws


def terraform_environment_of(aws: LocalAws, folder: Path) -> dict[str, str]:
    """What points all tools at the embedded AWS; the pause for new roles passes at once."""
    tools = folder / "bin"
    tools.mkdir(parents=True, exist_ok=True)
    if not (tools / "sleep").exists():
        (tools / "sleep").symlink_to("/bin/true")
    inherited = dict(aws.environment(region=REGION)) | {"PYTHONPATH": str(ROOT)}
    inherited["PATH"] = f"{tools}:{inherited['PATH']}"
    return terraform_environment(folder, inherited)


def with_ids(text: str, aws: LocalAws) -> str:
    """`$association.NAME` becomes that association's ID."""
    return re.sub(r"\$association\.([\w.-]+)", lambda m: _association_id(aws, m[1]), text)


def call(aws: LocalAws, how: Mapping[str, Any]) -> None:
    service = client(aws, how["service"])
    arguments = json.loads(with_ids(json.dumps(how["arguments"]), aws))
    getattr(service, how["operation"])(**arguments)


def client(aws: LocalAws, service: str) -> Any:
    given = aws.environment(region=REGION)
    return boto3.client(  # type: ignore[call-overload] # the service is data
        service,
        region_name=REGION,
        endpoint_url=aws.url,
        aws_access_key_id=given["AWS_ACCESS_KEY_ID"],
        aws_secret_access_key=given["AWS_SECRET_ACCESS_KEY"],
    )


def _association_id(aws: LocalAws, name: str) -> str:
    pages = client(aws, "ssm").get_paginator("list_associations").paginate()
    found = [
        each["AssociationId"]
        for page in pages
        for each in page["Associations"]
        if each.get("AssociationName") == name
    ]
    return str(found[0])


def say(text: str) -> None:
    sys.stderr.write(f"{text} ...\n")
