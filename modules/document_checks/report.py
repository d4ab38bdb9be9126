"""Check files of either kind together: what they are, and all problems."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from modules.document_checks.check import check_document, is_unchecked
from modules.document_checks.files import File, find_files, is_folder
from modules.document_checks.kinds import Kind, kind_of, kind_of_bytes
from modules.document_checks.script_files import inline_scripts
from modules.document_checks.text import LARGEST_FILE, Text, parse
from modules.document_checks.yaml_tree import TreeError
from modules.policy.build import build_policy
from modules.policy.draft import Draft, draft_of
from modules.policy.loader import policies_of
from modules.policy.model import PatchPolicy
from modules.policy.problems import Finding, PolicyError, Problem
from modules.policy.yaml_source import STANDARD_INPUT, UnreadableError, read_file

NEITHER = "neither a patch policy nor a Systems Manager document"


@dataclass(frozen=True)
class CheckedPolicy:
    """A policy's file, and the policy, where the file has no problem."""

    file: str
    policy: PatchPolicy | None


@dataclass(frozen=True)
class CheckedDocument:
    """A document. `is_checked` is False where its version is not known here."""

    file: str
    schema_version: str | None
    is_checked: bool = True


@dataclass
class Report:
    """What came of all files: every policy and document among them, and their problems."""

    policies: list[CheckedPolicy] = field(default_factory=list)
    documents: list[CheckedDocument] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)


def check_paths(paths: Sequence[Path], *, skips_others: bool = False) -> Report:
    """Check files and folders; `skips_others` passes over named files that are of neither kind."""
    report = Report()
    drafts: list[Draft] = []
    recognized: list[Path] = []
    for file in find_files(paths):
        if _check_file(file, report, drafts, skips_others=skips_others):
            recognized.append(file.path)
    _check_policies(drafts, report)
    order = {str(path): number for number, path in enumerate(recognized)}
    report.problems.sort(key=lambda problem: order.get(problem.file, -1))
    report.problems += _empty_folders(paths, recognized)
    return report


def _check_policies(drafts: Sequence[Draft], report: Report) -> None:
    """All policies are taken for those of one app."""
    wrong: set[str] = set()
    try:
        policies_of(drafts)
    except PolicyError as error:
        report.problems += error.problems
        wrong = {problem.file for problem in error.problems}
    for draft in drafts:
        policy = None if draft.file in wrong else build_policy(draft.data)
        report.policies.append(CheckedPolicy(draft.file, policy))


def _check_file(file: File, report: Report, drafts: list[Draft], *, skips_others: bool) -> bool:
    """Whether the file was recognized, or is a problem as it is."""
    name = "<stdin>" if file.path == STANDARD_INPUT else str(file.path)
    try:
        content = read_file(file.path, LARGEST_FILE)
    except UnreadableError as reason:
        report.problems.append(Finding((), str(reason), reason.rule).in_file(name))
        return True
    unknown = _unrecognized()
    try:
        text = parse(content, is_json=file.path.suffix.lower() == ".json")
        kind = kind_of(text.data)
    except TreeError as reason:
        unknown = Finding((), str(reason), reason.rule)
        text = Text(None, [unknown])
        kind = kind_of_bytes(content)
    if kind is Kind.POLICY:
        drafts.append(draft_of(name, content))
    elif kind is Kind.DOCUMENT:
        _check_text(text, name, file.path.parent, report)
    elif file.is_named and not skips_others:
        report.problems.append(unknown.in_file(name))
    else:
        return False
    return True


def _unrecognized() -> Finding:
    message = f"found a file that is {NEITHER}; expected one of them"
    return Finding((), message, "unrecognized-file")


def _check_text(text: Text, name: str, folder: Path, report: Report) -> None:
    is_checked = bool(text.findings) or not is_unchecked(text.data)
    report.documents.append(CheckedDocument(name, _version(text.data), is_checked))
    if is_checked:
        found = text.findings or inline_scripts(text.data, folder) or check_document(text.data)
        report.problems += [each.in_file(name, text.line(each.path)) for each in found]


def _version(data: Any) -> str | None:
    version = data.get("schemaVersion") if isinstance(data, dict) else None
    return version if isinstance(version, str) else None


def _empty_folders(paths: Iterable[Path], recognized: Sequence[Path]) -> list[Problem]:
    message = "found a folder without patch policies and Systems Manager documents; expected some"
    return [
        Finding((), message, "unrecognized-file").in_file(str(path))
        for path in paths
        if is_folder(path) and not any(file.is_relative_to(path) for file in recognized)
    ]
