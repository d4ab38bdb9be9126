"""What `patch-policy generate` does, once its arguments are known."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from modules.plain.deployed import read_states
from modules.plain.directory import module_directory
from modules.plain.output import Changes, OutputError, find_changes
from modules.plain.rendering import Format
from modules.plain.root import Root, root_directory
from modules.policy.loader import load_policies
from modules.policy.locate import policy_files
from modules.policy.model import PatchPolicy
from modules.project.project import load_destination
from modules.provider.app import SynthesisError
from modules.provider.backend import LocalBackend
from modules.quick_setup.documents.catalogue import load_documents
from modules.quick_setup.documents.problems import DocumentError

STALE = 1
BAD_INPUT = 2
EDITED = 3


def generate(arguments: argparse.Namespace) -> int:
    """0: written, or up to date; 1: --check found it stale; 2: bad input; 3: edited files."""
    policies = load_policies(policy_files(arguments.policies))
    try:
        load_documents()  # which are drawn as soon as Node has started
        files = _files(arguments, policies)
        return _renew(find_changes(arguments.output, files), arguments)
    except (DocumentError, OutputError, SynthesisError) as error:
        sys.stderr.write(f"{error}\n")
    except OSError as error:
        place = f"expected a place below {arguments.output} that can be written to"
        sys.stderr.write(f"{error.filename}: {error.strerror}; {place}\n")
    return BAD_INPUT


def _files(arguments: argparse.Namespace, policies: Sequence[PatchPolicy]) -> Mapping[str, bytes]:
    destination = load_destination(Path(), arguments.backend, default=LocalBackend(folder="."))
    form = Format(arguments.format)
    if arguments.layout == "module":
        return module_directory(policies, form, moved=arguments.moved)
    root = Root(
        backend=destination.backend,
        account=destination.account,
        deployed=read_states(arguments.states),
        moved=arguments.moved,
    )
    return root_directory(policies, root, form)


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
        what = "edited since it was generated" if path in changes.known else "not generated"
        sys.stderr.write(f"{changes.folder / path}: {what}.\n")
    sys.stderr.write(
        "Nothing was written. Make the change in the policy file or in a file of your own, or "
        "overwrite these with --force.\n"
    )
    return EDITED
