"""The `patch-policy` command: a table of verbs.

Exit statuses: 0 all is well, 1 something was found, 2 it could not be done (bad input, AWS out of
reach or refusing), 3 edited files are in the way, 130 interrupted.
"""

from __future__ import annotations

import argparse
import io
import os
import sys
from collections.abc import Mapping, Sequence
from importlib import import_module
from types import MappingProxyType

from modules.policy.problems import PolicyError

BAD_INPUT = 2
INTERRUPTED = 128 + 2  # as a shell reports SIGINT
READER_GONE = 128 + 13  # as a shell reports SIGPIPE

VERBS: Mapping[str, str] = MappingProxyType(
    {
        "validate": "check policy files and Systems Manager documents, and print every problem",
        "schedule": "list the next runs of policies' associations",
        "generate": "write policies as plain Terraform, which needs nothing else",
        "review": "say what a Terraform plan does to the fleet",
        "run-task": "serve the review as a run task of HCP Terraform",
        "demo": "deploy a policy into an embedded AWS and show what came of it",
        "preflight": "name what exists already under the names that a deploy would make",
        "clean-up": "undo what the runbooks did to nodes and roles; lists first, acts with --yes",
    }
)


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line, and return its exit status."""
    arguments = sys.argv[1:] if argv is None else list(argv)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")  # a file's name may be any bytes
    try:
        status = _run(arguments)
        sys.stdout.flush()
    except PolicyError as error:
        print(error, file=sys.stderr)  # noqa: T201 - the command's own output
        return BAD_INPUT
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:
        _drop_output()
        return READER_GONE
    except OSError as error:  # a full disk, a folder that may not be written
        print(f"patch-policy: {error}", file=sys.stderr)  # noqa: T201
        _drop_output()
        return BAD_INPUT
    return status


def _drop_output() -> None:
    """What is still buffered would raise again when Python flushes at exit."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _run(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(
        prog="patch-policy", description="Patch policies of AWS fleets, as Terraform."
    )
    verbs = parser.add_subparsers(dest="verb", metavar="VERB", required=True)
    parsers = {
        verb: verbs.add_parser(verb, help=text, description=f"{text[0].upper()}{text[1:]}.")
        for verb, text in VERBS.items()
    }
    chosen = next((word for word in arguments if word in parsers), None)
    module = import_module(f"modules.commands.{chosen.replace('-', '_')}") if chosen else None
    if not chosen:
        parser.add_argument("--version", action="version", version=f"patch-policy {_version()}")
    if chosen and module:
        module.add_arguments(parsers[chosen])
    try:
        options = parser.parse_args(arguments)
    except SystemExit as finished:  # --help, or arguments that do not fit
        return int(finished.code or 0)
    status: int = module.run(options) if module else BAD_INPUT
    return status


def _version() -> str:
    from importlib.metadata import version  # noqa: PLC0415 - takes longer than the verbs have

    return version("patch-policy")


if __name__ == "__main__":
    sys.exit(main())
