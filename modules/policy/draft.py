"""A policy file on its way to a policy: its data as written, and what is known to be wrong."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from modules.policy import yaml_source
from modules.policy.problems import Finding
from modules.policy.schema import check_schema, policy_schema


@dataclass(frozen=True)
class Draft:
    """A file's data, and the findings of YAML and schema.

    `sound` is what both found right, by top-level key; `unsound` names the other keys.
    """

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
    file = "<stdin>" if path == yaml_source.STANDARD_INPUT else str(path)
    try:
        data, findings = yaml_source.parse(yaml_source.read_bytes(path))
    except yaml_source.Unreadable as reason:
        return Draft(file, {}, (Finding((), str(reason)),))
    told = {finding.path for finding in findings}
    findings += [finding for finding in check_schema(data) if finding.path not in told]
    return Draft(file, data if isinstance(data, dict) else {}, tuple(findings))
