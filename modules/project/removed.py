"""Local states that no policy produces any more, and how to destroy what they hold."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import Any

from modules.provider.backend import Backend, LocalBackend

REGION_IN_ARN = re.compile(r'"arn:[a-z-]+:[a-z0-9-]+:([a-z]{2}(?:-[a-z]+)+-\d):')
FALLBACK_REGION = "us-east-1"  # IAM answers anywhere


def report_removed_stacks(backend: Backend, output: Path, produced: Collection[str]) -> None:
    """Name each such state on standard error, with a command that destroys its resources.

    Terraform needs a provider and the backend for that, and no resource: so a folder with just
    these is written for each, at the depth of a stack's own.
    """
    if not isinstance(backend, LocalBackend):
        return
    for state in _left_behind(output.parent / "state", produced):
        folder = output / "removed" / state.stem
        resources = json.loads(state.read_bytes())["resources"]
        managed = sum(resource["mode"] == "managed" for resource in resources)
        _write_empty_stack(folder, backend, state)
        shown = folder.relative_to(Path.cwd()) if folder.is_relative_to(Path.cwd()) else folder
        terraform = f"terraform -chdir={shown}"
        sys.stderr.write(
            f"{state.stem}: no policy produces this stack any more, and its state holds {managed} "
            f"resources; destroy them: {terraform} init && {terraform} destroy\n"
        )


def _left_behind(states: Path, produced: Collection[str]) -> Iterator[Path]:
    for state in sorted(states.glob("patch-policy-*.tfstate")):
        if state.stem not in produced and json.loads(state.read_bytes()).get("resources"):
            yield state


def _write_empty_stack(folder: Path, backend: LocalBackend, state: Path) -> None:
    region = REGION_IN_ARN.search(state.read_text(encoding="utf-8"))
    configuration: dict[str, Any] = {
        "terraform": {
            "required_providers": {"aws": {"source": "hashicorp/aws", "version": ">= 5.100.0"}},
            "backend": {"local": backend.settings(state.stem)},
        },
        "provider": {"aws": [{"region": region[1] if region else FALLBACK_REGION}]},
    }
    folder.mkdir(parents=True, exist_ok=True)
    text = json.dumps(configuration, indent=2) + "\n"
    (folder / "main.tf.json").write_text(text, encoding="utf-8")
