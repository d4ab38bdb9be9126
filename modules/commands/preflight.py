"""`patch-policy preflight`: what already exists under the names that a deploy would make."""

from __future__ import annotations

import argparse
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from modules.commands.aws_session import AwsError, explained, identify, session
from modules.preflight.compare import Finding, find_obstacles
from modules.preflight.stack_files import StackFilesError, first_region, read_stacks
from modules.project.project import pinned_account
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
    """Print each finding with the command that puts it right.

    0 where there is none, 1 where there are some, 2 where it could not be looked.
    """
    try:
        with explained():
            findings = _look(arguments.output, pinned_account(Path()))
    except (AwsError, StackFilesError, TerraformCliError) as error:
        sys.stderr.write(f"{error}\n")
        return 2
    return 1 if findings else 0


def _look(output: Path, expected: str | None) -> list[Finding]:
    aws = session(first_region(output))
    caller = identify(aws, expected)
    stacks = read_stacks(output, account=caller.account, partition=caller.partition)
    with ThreadPoolExecutor(STACK_READERS) as readers:
        found = readers.map(lambda stack: list(find_obstacles(stack, aws)), stacks)
        findings = [finding for findings in found for finding in findings]
    for finding in findings:
        sys.stdout.write(f"{finding.describe()}\n")
    if not findings:
        known = sum(len(stack.identities) for stack in stacks)
        sys.stdout.write(
            f"Account {caller.account}, {len(stacks)} stacks: nothing stands in the way. Of their "
            f"names, AWS has those of the {known} resources in their states.\n"
        )
    return findings
