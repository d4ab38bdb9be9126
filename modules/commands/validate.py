"""`patch-policy validate`: every problem of policies and documents, or a line for each good one."""

from __future__ import annotations

import argparse
import json
import sys
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from modules.document_checks.report import CheckedDocument, Report, check_paths
from modules.document_checks.rules import RULES
from modules.policy.model import PatchPolicy
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
    report = replace(
        report,
        problems=[each for each in report.problems if each.rule not in arguments.ignore],
    )
    if arguments.format == "json":
        _print_json(report)
    elif report.problems:
        sys.stderr.writelines(f"{_line(problem)}\n" for problem in report.problems)
    else:
        sys.stdout.writelines(f"{file}: {_summary(policy)}\n" for file, policy in report.policies)
        sys.stdout.writelines(f"{each.file}: {_kind(each)}\n" for each in report.documents)
    return 2 if report.problems else 0


def _line(problem: Problem) -> str:
    where = f" (line {problem.line})" if problem.line else ""
    return f"{problem}{where} [{problem.rule}]"


def _summary(policy: PatchPolicy) -> str:
    where = ", ".join(policy.regions)
    return f"{policy.name} ({policy.configuration_id}): {policy.operation} in {where}"


def _kind(document: CheckedDocument) -> str:
    if document.is_checked:
        return _KINDS[document.schema_version]
    return f"another document of schema version {document.schema_version}: not checked"


def _print_json(report: Report) -> None:
    document: dict[str, list[dict[str, Any]]] = {
        "policies": [
            {"file": file, "name": policy.name, "configuration_id": policy.configuration_id}
            for file, policy in report.policies
        ],
        "documents": [
            {"file": each.file, "schema_version": each.schema_version, "checked": each.is_checked}
            for each in report.documents
        ],
        "problems": [asdict(problem) for problem in report.problems],
    }
    sys.stdout.write(json.dumps(document, indent=2) + "\n")
