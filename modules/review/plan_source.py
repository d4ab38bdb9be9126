"""Reads a plan: Terraform's JSON, a plan file, HCP Terraform's wrapper, or standard input."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from modules.review.errors import ReviewError
from modules.review.members import NotJsonError, decoded, members, utf8
from modules.review.plan import Plan, build_plan
from modules.terraform_cli import TerraformCliError, find_terraform, terraform_environment

STANDARD_INPUT = "-"
_ZIP = b"PK\x03\x04"  # a plan file of Terraform is a zip archive
_VERSION = re.compile(r"([0-9]+)\.([0-9]+)")
_UNREAD = frozenset({"planned_values", "prior_state", "relevant_attributes"})
_EXPECTED = "expected the output of: terraform show -json PLAN"


def read_plan(source: str) -> Plan:
    """The plan of a file, or of standard input where the source is `-`; raises ReviewError."""
    name = "standard input" if source == STANDARD_INPUT else source
    try:
        return _parse(_read(source), source)
    except ReviewError as error:
        raise ReviewError(f"{_on_one_line(name)}: {error}") from error


def _read(source: str) -> bytes:
    try:
        if source == STANDARD_INPUT:
            return sys.stdin.buffer.read()
        return Path(source).read_bytes()
    except OSError as error:
        raise ReviewError(f"cannot be read: {error.strerror}") from error
    except ValueError as error:  # a path with a null character
        raise ReviewError(f"cannot be read: {error}") from error


def _parse(content: bytes, source: str) -> Plan:
    if content.startswith(_ZIP):
        content = _shown_by_terraform(content, source)
    return build_plan(plan_document(content))


def plan_document(content: bytes) -> Mapping[str, Any]:
    """What a review reads of a plan, out of HCP Terraform's wrapper; raises ReviewError."""
    if not content or content.isspace():
        raise ReviewError(f"found nothing; {_EXPECTED}")
    try:
        found = members(utf8(content)) or {}
        wrapped = members(found["plan"]) if "plan" in found else None
        document = decoded(found if wrapped is None else wrapped, _UNREAD)
    except NotJsonError as error:
        raise ReviewError(f"found {error}; {_EXPECTED}") from None
    if "format_version" not in document:
        raise ReviewError(f"found JSON without format_version; {_EXPECTED}")
    _check_version(document["format_version"])
    if "resource_changes" not in document and "values" in document:
        raise ReviewError(f"found a state, not a plan; {_EXPECTED}")
    return document


def _check_version(version: Any) -> None:
    match = _VERSION.fullmatch(version) if isinstance(version, str) else None
    if match is None or match[1] != "1":
        raise ReviewError(
            f"found format_version {json.dumps(version)[:40]}; expected 1.x:"
            " this version of patch-policy knows no other"
        )


def _shown_by_terraform(content: bytes, source: str) -> bytes:
    """What `terraform show -json` says of a plan file; it needs the folder's providers."""
    folder = Path.cwd() if source == STANDARD_INPUT else Path(source).absolute().parent
    folder = _initialized(folder)
    with tempfile.TemporaryDirectory() as scratch:
        file = Path(scratch, "plan.tfplan")
        file.write_bytes(content)
        try:
            shown = subprocess.run(
                [find_terraform(), "show", "-json", str(file)],
                cwd=folder,
                env=terraform_environment(Path(scratch)),
                capture_output=True,
                check=False,
            )
        except TerraformCliError as error:
            raise ReviewError(f"found a plan file, which Terraform itself reads. {error}") from None
    if shown.returncode != 0:
        said = _on_one_line(shown.stderr.decode(errors="replace"))[:600]
        raise ReviewError(
            f"found a plan file that terraform show does not read in {folder}; review it where it"
            f" was made, or give the output of terraform show -json. Terraform said: {said}"
        )
    return shown.stdout


def _initialized(folder: Path) -> Path:
    """The nearest folder above with a `.terraform`: where plan files are read; else this one."""
    for each in (folder, *folder.parents, Path.cwd()):
        if (each / ".terraform").is_dir():
            return each
    return folder


def _on_one_line(text: str) -> str:
    kept = re.sub(r"\x1b\[[0-9;]*m", "", text)
    return " ".join("".join(c if c.isprintable() else " " for c in kept).split())
