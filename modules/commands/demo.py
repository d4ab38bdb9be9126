"""`patch-policy demo`: a policy deployed into the embedded AWS, and what came of it."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from rich.console import Console

from modules.demo.demonstration import Demonstration
from modules.demo.tools import ToolError
from modules.demo.workspace import REPOSITORY, Workspace
from modules.local_aws import FleetFileError
from modules.terraform_cli import TerraformCliError

WORKSPACE = REPOSITORY / ".demo"
WIDTH = 100


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The verb's arguments."""
    parser.add_argument(
        "policy",
        metavar="POLICY",
        type=Path,
        nargs="?",
        default=REPOSITORY / "examples" / "patch_policy.yaml",
        help="a policy file (default: examples/patch_policy.yaml)",
    )
    parser.add_argument(
        "--fleet",
        type=Path,
        default=REPOSITORY / "examples" / "fleet.yaml",
        help="the nodes in the embedded AWS (default: examples/fleet.yaml)",
    )
    parser.add_argument("--down", action="store_true", help="only remove what a demo left")


def run(arguments: argparse.Namespace) -> int:
    """Show it; 1 where a tool failed, 2 where the fleet file is wrong."""
    workspace = Workspace(WORKSPACE)
    if arguments.down:
        workspace.clear()
        return 0
    try:
        # Into a file or a pipe the tables go as wide as their longest names.
        console = Console(width=None if sys.stdout.isatty() else WIDTH)
        Demonstration(arguments.policy, arguments.fleet, workspace, console).run()
    except (ToolError, TerraformCliError) as error:
        sys.stderr.write(f"{error}\n")
        return 1
    except FleetFileError as error:
        sys.stderr.write(f"{error}\n")
        return 2
    return 0
