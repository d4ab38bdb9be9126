"""A policy file on its way to a policy: its data as written, and what is known to be wrong."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from modules.policy.problems import Finding
from modules.policy.schema import check_schema, policy_schema
from modules.policy.yaml_source import (
    STANDARD_INPUT,
    UnreadableError,
    parse_document,
    read_file,
)
from modules.policy.yaml_values import read_values


@dataclass(frozen=True)
class Draft:
    """A file's data, and what YAML and the schema found wrong with it."""

    file: str
    data: Mapping[str, Any]
    findings: tuple[Finding, ...]

    @property
    def unsound(self) -> frozenset[str]:
        """The top-level keys with a finding in them; all keys where the file is unusable."""
        if any(not finding.path for finding in self.findings):
            return frozenset(policy_schema()["properties"])
        return frozenset(str(finding.path[0]) for finding in self.findings)


def read_draft(path: Path) -> Draft:
    """The draft of a policy file; whatever is wrong with the file is among its findings."""
    file = "<stdin>" if path == STANDARD_INPUT else str(path)
    try:
        content = read_file(path)
    except UnreadableError as reason:
        return Draft(file, {}, (Finding((), str(reason), reason.rule),))
    return draft_of(file, content)


def draft_of(file: str, content: bytes) -> Draft:
    """The draft of a policy file's content; `file` is its name in messages."""
    try:
        data, findings = read_values(parse_document(content))
    except UnreadableError as reason:
        return Draft(file, {}, (Finding((), str(reason), reason.rule),))
    # A value that YAML could not give is None: what the schema says of that would mislead.
    told = {finding.path for finding in findings}
    findings += [finding for finding in check_schema(data) if finding.path not in told]
    return Draft(file, data if isinstance(data, dict) else {}, tuple(findings))
