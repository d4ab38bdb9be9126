"""Local states that no policy produces any more, and how to destroy what they hold."""

from __future__ import annotations

import json
import re
import shutil
import sys
from collections.abc import Collection
from pathlib import Path
from typing import Any

from modules.provider.backend import Backend, LocalBackend
from modules.provider.types import AWS_SOURCE, AWS_VERSION_CONSTRAINT
from modules.terraform_cli import CONFIG_VARIABLE, lasting_configuration

REGION_IN_ARN = re.compile(r'"arn:[a-z-]+:[a-z0-9-]+:([a-z]{2}(?:-[a-z]+)+-\d):')
FALLBACK_REGION = "us-east-1"  # IAM answers anywhere


def report_removed_stacks(backend: Backend, output: Path, produced: Collection[str]) -> None:
    """Name each such state on standard error, with a command that destroys its resources.

    Terraform needs a provider and the backend for that, and no resource: so a folder with just
    these is written for each, at the depth of a stack's own. It goes when the stack comes back.
    """
    if not isinstance(backend, LocalBackend):
        return
    removed = output / "removed"
    for stack in produced:
        shutil.rmtree(removed / stack, ignore_errors=True)
    for state in sorted((output.parent / "state").glob("patch-policy-*.tfstate")):
        if state.stem not in produced:
            _report(backend, state, removed / state.stem)


def _report(backend: LocalBackend, state: Path, folder: Path) -> None:
    found = f"{state.stem}: no policy produces this stack any more, and its state"
    try:
        text = state.read_text(encoding="utf-8")
        resources = json.loads(text).get("resources", [])
        managed = sum(resource["mode"] == "managed" for resource in resources)
    except (OSError, ValueError, AttributeError, KeyError, TypeError) as error:
        sys.stderr.write(f"{found} cannot be read ({error}); look at {state} and its backup\n")
        return
    if managed:
        _write_empty_stack(folder, backend, state.stem, text)
        count = f"{managed} resource{'s' if managed > 1 else ''}"
        sys.stderr.write(f"{found} holds {count}; destroy them: {_command(folder)}\n")


def _command(folder: Path) -> str:
    """What destroys the folder's stack, as it is typed in the current folder."""
    shown = folder.relative_to(Path.cwd()) if folder.is_relative_to(Path.cwd()) else folder
    terraform = f"terraform -chdir={shown}"
    mirror = lasting_configuration(shown)
    prefix = f"{CONFIG_VARIABLE}={mirror} " if mirror else ""
    return f"{prefix}{terraform} init && {terraform} destroy"


def _write_empty_stack(folder: Path, backend: LocalBackend, stack: str, state: str) -> None:
    region = REGION_IN_ARN.search(state)
    configuration: dict[str, Any] = {
        "terraform": {
            "required_providers": {
                "aws": {"source": AWS_SOURCE, "version": AWS_VERSION_CONSTRAINT}
            },
            "backend": {"local": backend.settings(stack)},
        },
        "provider": {"aws": [{"region": region[1] if region else FALLBACK_REGION}]},
    }
    folder.mkdir(parents=True, exist_ok=True)
    text = json.dumps(configuration, indent=2) + "\n"
    (folder / "main.tf.json").write_text(text, encoding="utf-8")
