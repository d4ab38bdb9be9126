"""The documents that AWS owns and a patch policy uses.

Parameters as AWS's own pages and the documents themselves declare them. Texts and steps are ours:
runbooks do what AWS's are documented to do, as the role that they are given.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any

import yaml

_FOLDER = Path(__file__).parent / "aws_documents"


@dataclass(frozen=True, kw_only=True)
class Document:
    """One version of a Systems Manager document."""

    name: str
    type: str
    owner: str
    content: Mapping[str, Any]
    version: str = "1"

    @property
    def is_automation(self) -> bool:
        """Whether Automation runs it, and not the agent on a node."""
        return self.type == "Automation"

    @property
    def parameters(self) -> Mapping[str, Mapping[str, Any]]:
        """The declared parameters."""
        parameters: Mapping[str, Mapping[str, Any]] = self.content.get("parameters") or {}
        return parameters


def parse_content(content: str | Mapping[str, Any]) -> Mapping[str, Any]:
    """A document's content, from JSON or YAML."""
    if isinstance(content, Mapping):
        return content
    try:
        parsed = json.loads(content)
    except ValueError:
        parsed = yaml.safe_load(content)
    return dict(parsed)


def _load(path: Path) -> Document:
    content = yaml.safe_load(path.read_text(encoding="utf-8"))
    return Document(
        name=path.stem,
        type="Automation" if content["schemaVersion"] == "0.3" else "Command",
        owner="Amazon",
        content=content,
    )


AWS_DOCUMENTS: Mapping[str, Document] = MappingProxyType(
    {path.stem: _load(path) for path in sorted(_FOLDER.glob("*.yaml"))}
)
