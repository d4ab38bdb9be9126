"""What HCP Terraform does with an upload: unpack it, and plan in it with the real Terraform.

Source: "Remote operations" of HCP Terraform's documentation: a run happens on a disposable
machine, in the workspace's working directory of the configuration that was uploaded. The cloud
block is not obeyed there, which an override file stands for here.
"""

from __future__ import annotations

import io
import json
import subprocess
import tarfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from modules.terraform_cli import find_terraform

OVERRIDE = "zz_backend_override.tf.json"


@dataclass(frozen=True, kw_only=True)
class Planned:
    """What a plan printed, and the plan in JSON; that is empty where the plan failed."""

    log: str
    document: bytes

    @property
    def counts(self) -> Mapping[str, int]:
        """Additions, changes and destructions."""
        changes = json.loads(self.document or b"{}").get("resource_changes", [])
        actions = [action for each in changes for action in each["change"]["actions"]]
        return {action: actions.count(action) for action in ("create", "update", "delete")}


def names_in(upload: bytes) -> dict[str, int]:
    """The files of an upload, with their sizes."""
    with tarfile.open(fileobj=io.BytesIO(upload), mode="r:gz") as archive:
        return {each.name.removeprefix("./"): each.size for each in archive if each.isfile()}


def contents_of(upload: bytes) -> bytes:
    """All bytes of all files, and their names."""
    with tarfile.open(fileobj=io.BytesIO(upload), mode="r:gz") as archive:
        parts = [each.name.encode() for each in archive]
        for each in archive:
            if file := archive.extractfile(each) if each.isfile() else None:
                parts.append(file.read())
    return b"\n".join(parts)


def plan(
    upload: bytes, folder: Path, working_directory: str, environment: Mapping[str, str]
) -> Planned:
    """Plan in a folder of its own."""
    with tarfile.open(fileobj=io.BytesIO(upload), mode="r:gz") as archive:
        archive.extractall(folder, filter="data")
    work = folder / working_directory
    backend: dict[str, object] = {"terraform": {"backend": {"local": {}}}}
    (work / OVERRIDE).write_text(json.dumps(backend), encoding="utf-8")
    log = ""
    for arguments in (["init", "-input=false"], ["plan", "-input=false", "-out=tfplan"]):
        done = _terraform(work, environment, *arguments, "-no-color")
        log = (done.stdout + done.stderr).decode()
        if done.returncode != 0:
            return Planned(log=log, document=b"")
    return Planned(
        log=log, document=_terraform(work, environment, "show", "-json", "tfplan").stdout
    )


def _terraform(
    folder: Path, environment: Mapping[str, str], *arguments: str
) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        [find_terraform(), *arguments],
        cwd=folder,
        env=dict(environment),
        capture_output=True,
        check=False,
        timeout=300,
    )
