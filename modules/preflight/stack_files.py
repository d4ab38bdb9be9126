"""A synthesized stack and its state, as far as names and identities go."""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from modules.terraform_cli import find_terraform

# Which argument holds the name that is unique in AWS, for each type that has one.
NAME_ARGUMENTS: Mapping[str, str] = {
    "aws_cloudwatch_log_group": "name",
    "aws_iam_instance_profile": "name",
    "aws_iam_policy": "name",
    "aws_iam_role": "name",
    "aws_lambda_function": "function_name",
    "aws_s3_bucket": "bucket",
    "aws_ssm_association": "association_name",
    "aws_ssm_document": "name",
}
ACCOUNT_REFERENCE = r"\$\{data\.aws_caller_identity\.\w+\.account_id\}"
PARTITION_REFERENCE = r"\$\{data\.aws_partition\.\w+\.partition\}"
STATE_IDENTITIES = {"aws_ssm_association": "association_id"}


class StackFilesError(Exception):
    """The synthesized stacks cannot be read; the message says what to do."""


@dataclass(frozen=True, kw_only=True)
class NamedResource:
    """A resource of a stack, by address, and the name it has or will have in AWS.

    `adopted`: the configuration itself imports it, so it has to be there before the deploy.
    """

    stack: str
    address: str
    type: str
    name: str
    path: str = "/"
    adopted: bool = False
    tags: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class StackFiles:
    """One stack: where it is, its region, what it names, and what its state holds.

    `identities` and `tags` are those of the state, by address.
    """

    directory: Path
    region: str
    resources: tuple[NamedResource, ...]
    identities: Mapping[str, str]
    tags: Mapping[str, Mapping[str, str]]


def read_stacks(output: Path, *, account: str, partition: str) -> list[StackFiles]:
    """Every stack that the manifest of a synthesized app lists.

    Raises StackFilesError where there is none, or it was synthesized as HCL.
    """
    return [
        read_stack(directory, account=account, partition=partition)
        for directory in _directories(output)
    ]


def first_region(output: Path) -> str:
    """A region in which AWS can be asked who is calling. Raises StackFilesError."""
    return region_of(_directories(output)[0])


def region_of(directory: Path) -> str:
    """The region of the stack in this folder. Raises StackFilesError."""
    return _region(json.loads(_source(directory)))


def _directories(output: Path) -> list[Path]:
    manifest = output / "manifest.json"
    if not manifest.is_file():
        message = f"{output}: no synthesized stacks; expected manifest.json: run cdktf synth first"
        raise StackFilesError(message)
    return [output / "stacks" / name for name in json.loads(manifest.read_bytes())["stacks"]]


def _source(directory: Path) -> str:
    source = directory / "cdk.tf.json"
    if not source.is_file():
        message = f"{source}: not found; expected JSON: run cdktf synth without --hcl"
        raise StackFilesError(message)
    return source.read_text(encoding="utf-8")


def _region(config: Mapping[str, Any]) -> str:
    return str(config["provider"]["aws"][0]["region"])


def read_stack(directory: Path, *, account: str, partition: str) -> StackFiles:
    """The synthesized stack in this folder. Raises StackFilesError where it cannot be read."""
    text = _source(directory)
    for reference, value in {ACCOUNT_REFERENCE: account, PARTITION_REFERENCE: partition}.items():
        text = re.sub(reference, value, text)
    config = json.loads(text)
    known = _known(directory, config["terraform"].get("backend", {}))
    return StackFiles(
        directory=directory,
        region=_region(config),
        resources=tuple(_named_resources(directory.name, config)),
        identities={address: _identity(resource) for address, resource in known.items()},
        tags={
            address: _attributes(resource).get("tags") or {} for address, resource in known.items()
        },
    )


def _named_resources(stack: str, config: Mapping[str, Any]) -> list[NamedResource]:
    adopted = {each["to"] for each in config.get("import", [])}
    return [
        NamedResource(
            stack=stack,
            address=f"{type_}.{logical_id}",
            type=type_,
            name=arguments[NAME_ARGUMENTS[type_]],
            path=arguments.get("path", "/"),
            adopted=f"{type_}.{logical_id}" in adopted,
            tags=arguments.get("tags") or {},
        )
        for type_, members in config.get("resource", {}).items()
        if type_ in NAME_ARGUMENTS
        for logical_id, arguments in members.items()
    ]


def _known(directory: Path, backend: Mapping[str, Any]) -> dict[str, Mapping[str, Any]]:
    """Address to resource, for everything in the stack's state."""
    state = _state(directory, backend)
    return {
        f"{resource['type']}.{resource['name']}": resource
        for resource in state.get("resources", [])
        if resource["mode"] == "managed" and resource["instances"]
    }


def _attributes(resource: Mapping[str, Any]) -> Mapping[str, Any]:
    attributes: Mapping[str, Any] = resource["instances"][0]["attributes"]
    return attributes


def _identity(resource: Mapping[str, Any]) -> str:
    return str(_attributes(resource)[STATE_IDENTITIES.get(resource["type"], "id")])


def _state(directory: Path, backend: Mapping[str, Any]) -> dict[str, Any]:
    if "local" in backend:
        path = directory / backend["local"]["path"]
        return _json(path.read_text(encoding="utf-8")) if path.is_file() else {}
    pulled = subprocess.run(
        [find_terraform(), f"-chdir={directory}", "state", "pull"],
        capture_output=True,
        text=True,
        check=False,
    )
    if pulled.returncode != 0:
        command = f"terraform -chdir={directory} init"
        message = f"{directory.name}: its state cannot be read; run: {command}\n{pulled.stderr}"
        raise StackFilesError(message)
    return _json(pulled.stdout)


def _json(text: str) -> dict[str, Any]:
    return dict(json.loads(text)) if text.strip() else {}
