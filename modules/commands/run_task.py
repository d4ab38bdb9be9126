"""`patch-policy run-task`: the plan review as a run task of HCP Terraform."""

from __future__ import annotations

import argparse
import os
import sys

from modules.run_task.settings import PREFIX, SettingsError, read_settings

BAD_INPUT = 2


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The verb's arguments."""
    parser.epilog = (
        f"All settings come from the environment, as {PREFIX}...: see docs/hcp-terraform.md."
        " Exit statuses: 0 stopped by SIGTERM or SIGINT, or checked; 2 settings that do not do."
    )
    parser.add_argument("--check", action="store_true", help="only check the settings")


def run(arguments: argparse.Namespace) -> int:
    """Serve until a signal comes."""
    try:
        settings = read_settings(os.environ)
        if not arguments.check:
            # Imported here because --check needs no server.
            from modules.run_task.server import serve  # noqa: PLC0415

            serve(settings)
    except SettingsError as error:
        sys.stderr.write(f"{error}\n")
        return BAD_INPUT
    return 0
