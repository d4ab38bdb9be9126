"""Tell a patch policy from a Systems Manager document, and both from any other file.

A mapping with `mainSteps` or `runtimeConfig` is a document, and so is one with a `schemaVersion` of
Systems Manager beside another key of its documents: other tools have schema versions, too. A
mapping with at least two of the four keys that every policy has is a policy. A file that cannot be
parsed is what its lines look like.
"""

from __future__ import annotations

import re
from enum import StrEnum
from typing import Any

from modules.document_checks.check import AUTOMATION, COMMAND, UNCHECKED_VERSIONS
from modules.policy.schema import policy_schema


class Kind(StrEnum):
    """What a file is."""

    POLICY = "policy"
    DOCUMENT = "document"
    OTHER = "other"


_DOCUMENT_KEYS = ("mainSteps", "runtimeConfig")
_MORE_KEYS = ("assumeRole", "parameters", "sessionType")
_VERSIONS = (AUTOMATION, COMMAND, *UNCHECKED_VERSIONS)
_DOCUMENT_LINE = re.compile(rb"^[\s{]{0,200}[\"']?(mainSteps|runtimeConfig)[\"']?\s{0,20}:", re.M)
_POLICY_LINE = re.compile(rb"^[\"'{ ]{0,20}(configuration_id|home_region)[\"']?\s{0,20}:", re.M)


def kind_of(data: Any) -> Kind:
    """What parsed data is."""
    if not isinstance(data, dict):
        return Kind.OTHER
    has_version = str(data.get("schemaVersion")) in _VERSIONS
    telling = (*_DOCUMENT_KEYS, *_MORE_KEYS) if has_version else _DOCUMENT_KEYS
    if any(key in data for key in telling):
        return Kind.DOCUMENT
    required = policy_schema()["required"]
    return Kind.POLICY if sum(key in data for key in required) >= 2 else Kind.OTHER


def kind_of_bytes(content: bytes) -> Kind:
    """What a file that cannot be parsed looks like."""
    if _DOCUMENT_LINE.search(content):
        return Kind.DOCUMENT
    return Kind.POLICY if _POLICY_LINE.search(content) else Kind.OTHER
