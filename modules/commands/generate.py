"""`patch-policy generate`: policies as plain Terraform, in a directory that is safe to renew."""

from __future__ import annotations

import argparse
import gc
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from modules.plain.deployed import read_states
from modules.plain.output import Changes, OutputError, find_changes
from modules.policy.loader import load_policies
from modules.policy.locate import policy_files
from modules.policy.model import PatchPolicy
from modules.project.project import Destination, load_destination
from modules.provider.backend import LocalBackend

STALE = 1
BAD_INPUT = 2
EDITED = 3
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
    gc.disable()  # a short process whose objects live to its end
    policies = load_policies(policy_files(arguments.policies))
    destination = load_destination(Path(), arguments.backend, default=LocalBackend(folder="."))
    if arguments.states and arguments.layout != "root":
        sys.stderr.write("--import needs --layout root: import blocks stand in a root module.\n")
        return BAD_INPUT
    files = _files(arguments, policies, destination)
    try:
        return _renew(find_changes(arguments.output, files), arguments)
    except (OutputError, OSError) as error:
        sys.stderr.write(f"{error}\n")
        return BAD_INPUT


def _files(
    arguments: argparse.Namespace, policies: Sequence[PatchPolicy], destination: Destination
) -> Mapping[str, bytes]:
    from modules.plain.directory import module_directory  # noqa: PLC0415 - starts Node
    from modules.plain.rendering import Format  # noqa: PLC0415 - beside it
    from modules.plain.root import Root, root_directory  # noqa: PLC0415 - starts Node

    form = Format(arguments.format)
    if arguments.layout == "root":
        root = Root(
            backend=destination.backend,
            account=destination.account,
            deployed=read_states(arguments.states),
            moved=arguments.moved,
        )
        return root_directory(policies, root, form)
    return module_directory(policies, form, moved=arguments.moved)


def _renew(changes: Changes, arguments: argparse.Namespace) -> int:
    if arguments.check:
        return _check(changes)
    if changes.edited and not arguments.force:
        return _refuse(changes)
    changes.write()
    for path in changes.kept:
        sys.stderr.write(f"{changes.folder / path}: edited and no longer generated; it stays.\n")
    written = len(changes.written) + len(changes.edited)
    sys.stdout.write(
        f"{changes.folder}: {written} of {len(changes.files)} files written, "
        f"{len(changes.removed)} removed.\n"
    )
    return 0


def _check(changes: Changes) -> int:
    for what, paths in (
        ("to be written", changes.written),
        ("edited", changes.edited),
        ("to be removed", changes.removed),
    ):
        for path in paths:
            sys.stdout.write(f"{changes.folder / path}: {what}\n")
    if not changes.is_stale:
        sys.stdout.write(f"{changes.folder}: up to date.\n")
    return STALE if changes.is_stale else 0


def _refuse(changes: Changes) -> int:
    sys.stdout.writelines(changes.differences())
    for path in changes.edited:
        sys.stderr.write(f"{changes.folder / path}: edited since it was generated.\n")
    sys.stderr.write(
        "Nothing was written. Make the change in the policy file or in a file of your own, or "
        "overwrite these with --force.\n"
    )
    return EDITED
