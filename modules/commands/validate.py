"""`patch-policy validate`: every problem of policy files, or one line for each that is right."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

from modules.policy.loader import load_policies
from modules.policy.locate import policy_files
from modules.policy.model import PatchPolicy
from modules.policy.problems import PolicyError


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The verb's arguments."""
    parser.add_argument(
        "paths",
        metavar="PATH",
        nargs="+",
        type=Path,
        help="a policy file, a folder of them, or - for standard input",
    )
    parser.add_argument(
        "--format",
        choices=("text", "json"),
        default="text",
        help="text (default): problems on standard error; json: one document on standard output",
    )


def run(arguments: argparse.Namespace) -> int:
    """0 where all policies are right together, otherwise 2."""
    try:
        files = policy_files(arguments.paths)
        policies = load_policies(files)
    except PolicyError as error:
        if arguments.format == "text":
            raise
        _print_json({"policies": [], "problems": [asdict(problem) for problem in error.problems]})
        return 2
    if arguments.format == "json":
        _print_json({"policies": _rows(files, policies), "problems": []})
    else:
        for file, policy in zip(files, policies, strict=True):
            sys.stdout.write(f"{file}: {_summary(policy)}\n")
    return 0


def _summary(policy: PatchPolicy) -> str:
    where = ", ".join(policy.regions)
    return f"{policy.name} ({policy.configuration_id}): {policy.operation} in {where}"


def _rows(files: Sequence[Path], policies: Sequence[PatchPolicy]) -> list[dict[str, str]]:
    return [
        {"file": str(file), "name": policy.name, "configuration_id": policy.configuration_id}
        for file, policy in zip(files, policies, strict=True)
    ]


def _print_json(document: object) -> None:
    sys.stdout.write(json.dumps(document, indent=2) + "\n")
