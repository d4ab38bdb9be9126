"""`patch-policy generate`: policies as plain Terraform, in a directory that is safe to renew."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from modules.short_process import keep_everything

BAD_INPUT = 2
LAYOUTS = ("module", "root")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The verb's arguments."""
    parser.add_argument(
        "policies",
        metavar="POLICY",
        nargs="+",
        type=Path,
        help="a policy file, or a folder of them",
    )
    parser.add_argument(
        "--output", metavar="DIR", type=Path, required=True, help="the directory to write"
    )
    parser.add_argument(
        "--format", choices=("hcl", "json"), default="hcl", help="the syntax (default: hcl)"
    )
    parser.add_argument(
        "--layout",
        choices=LAYOUTS,
        default="module",
        help="module (default): to be called; root: with provider and backend, to be applied",
    )
    parser.add_argument(
        "--force", action="store_true", help="overwrite generated files that somebody edited"
    )
    parser.add_argument(
        "--check",
        action="store_true",
        help="write nothing; exit status 1 where the directory is not what would be generated",
    )
    _add_root_arguments(parser)


def _add_root_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--backend",
        metavar="JSON",
        help="root layout: the backend, in the form that cdktf.json has it "
        '({"s3": {"bucket": ...}}); default: that of cdktf.json here, else a local file',
    )
    parser.add_argument(
        "--import",
        dest="states",
        metavar="STATE",
        type=Path,
        action="append",
        default=[],
        help="root layout: take over what a deployment of the same configuration ID made; a file "
        "of `terraform show -json`, once for each of its states",
    )
    parser.add_argument(
        "--moved",
        action="store_true",
        help="write moved blocks too, for a state that was that of a CDKTF stack",
    )


def run(arguments: argparse.Namespace) -> int:
    """0: written, or up to date; 1: --check found it stale; 2: bad input; 3: edited files."""
    if arguments.states and arguments.layout != "root":
        sys.stderr.write("--import needs --layout root: import blocks stand in a root module.\n")
        return BAD_INPUT
    keep_everything()
    import modules.provider.engine  # noqa: F401, PLC0415 - first: Node starts beside the rest
    from modules.commands.generating import generate  # noqa: PLC0415

    return generate(arguments)
