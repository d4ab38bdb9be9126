"""`patch-policy validate`: every problem of policies and documents, or a line for each file."""

from __future__ import annotations

import argparse
import json
import sys
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from modules.document_checks.report import (
    CheckedDocument,
    CheckedPolicy,
    Report,
    check_paths,
)
from modules.document_checks.rules import RULES
from modules.policy.problems import Problem

_KINDS = {"0.3": "Automation document", "2.2": "Command document"}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The verb's arguments."""
    parser.add_argument(
        "paths",
        metavar="PATH",
        nargs="+",
        type=Path,
        help="a policy file, a Systems Manager document, a folder, or - for standard input",
    )
    parser.add_argument(
        "--format",
        choices=("text", "json"),
        default="text",
        help="text (default): problems on standard error; json: one document on standard output",
    )
    parser.add_argument(
        "--ignore",
        metavar="RULE",
        action="append",
        default=[],
        choices=RULES,
        help="leave out the problems of a rule (docs/document-rules.md); may be given again",
    )
    parser.add_argument(
        "--skip-unrecognized",
        action="store_true",
        help="pass over named files that are neither, as in folders",
    )


def run(arguments: argparse.Namespace) -> int:
    """0 where all files are right together, otherwise 2."""
    report = check_paths(arguments.paths, skips_others=arguments.skip_unrecognized)
    is_ignored = frozenset(arguments.ignore).__contains__
    ignored = Counter(each.file for each in report.problems if is_ignored(each.rule))
    problems = [each for each in report.problems if not is_ignored(each.rule)]
    if arguments.format == "json":
        _print_json(report, problems)
    elif problems:
        sys.stderr.writelines(f"{_line(problem)}\n" for problem in problems)
    else:
        sys.stdout.writelines(f"{line}\n" for line in _lines(report, ignored))
    return 2 if problems else 0


def _line(problem: Problem) -> str:
    where = f" (line {problem.line})" if problem.line else ""
    return f"{problem}{where} [{problem.rule}]"


def _lines(report: Report, ignored: Mapping[str, int]) -> Iterator[str]:
    """A line for each file. One that is neither a policy nor a document has ignored problems."""
    files = {each.file: _summary(each) for each in report.policies}
    files |= {each.file: _kind(each) for each in report.documents}
    for file in dict.fromkeys([*files, *ignored]):
        count = ignored.get(file, 0)
        note = f" ({count} problem{'s' * (count > 1)} ignored)" if count else ""
        yield f"{file}: {files.get(file, 'not checked')}{note}"


def _summary(checked: CheckedPolicy) -> str:
    policy = checked.policy
    if policy is None:
        return "patch policy"
    where = ", ".join(policy.regions)
    return f"{policy.name} ({policy.configuration_id}): {policy.operation} in {where}"


def _kind(document: CheckedDocument) -> str:
    version = document.schema_version
    if not document.is_checked:
        return f"another document of schema version {version}: not checked"
    return _KINDS.get(version or "", "Systems Manager document")


def _print_json(report: Report, problems: Sequence[Problem]) -> None:
    document: dict[str, list[dict[str, Any]]] = {
        "policies": [
            {
                "file": each.file,
                "name": each.policy and each.policy.name,
                "configuration_id": each.policy and each.policy.configuration_id,
            }
            for each in report.policies
        ],
        "documents": [
            {"file": each.file, "schema_version": each.schema_version, "checked": each.is_checked}
            for each in report.documents
        ],
        "problems": [asdict(problem) for problem in problems],
    }
    sys.stdout.write(json.dumps(document, indent=2) + "\n")
