"""`patch-policy preflight`: what already exists under the names that a deploy would make."""

from __future__ import annotations

import argparse
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from modules.commands.aws_session import AwsError, explained, session
from modules.preflight.compare import Finding, find_obstacles
from modules.preflight.stack_files import StackFilesError, first_region, read_stacks
from modules.terraform_cli import TerraformCliError

# Stacks are independent of each other; State Manager answers a few list calls a second.
STACK_READERS = 4


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The verb's arguments."""
    parser.add_argument(
        "--output",
        type=Path,
        default=Path("cdktf.out"),
        help="the folder of the synthesized app (default: cdktf.out)",
    )


def run(arguments: argparse.Namespace) -> int:
    """Print each finding with the command that puts it right; 0 where there is none, else 1."""
    try:
        with explained():
            findings = _findings(arguments.output)
    except (AwsError, StackFilesError, TerraformCliError) as error:
        sys.stderr.write(f"{error}\n")
        return 2 if isinstance(error, StackFilesError) else 1
    for finding in findings:
        sys.stdout.write(f"{finding.describe()}\n")
    if not findings:
        sys.stdout.write("Nothing stands in the way: what exists is in the states.\n")
    return 1 if findings else 0


def _findings(output: Path) -> list[Finding]:
    aws = session(first_region(output))
    identity = aws.client("sts").get_caller_identity()
    stacks = read_stacks(
        output, account=identity["Account"], partition=identity["Arn"].split(":")[1]
    )
    with ThreadPoolExecutor(STACK_READERS) as readers:
        found = readers.map(lambda stack: list(find_obstacles(stack, aws)), stacks)
        return [finding for findings in found for finding in findings]
