"""Inputs that hold JSON as text: is it JSON, where all of it stands there.

https://docs.aws.amazon.com/systems-manager/latest/userguide/automation-action-lamb.html,
automation-action-executeStateMachine.html, documents-command-ssm-plugin-reference.html
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Any

from modules.document_checks.document import Path
from modules.document_checks.references import UNKNOWN_YET
from modules.policy.problems import Finding, quote

_JSON_INPUTS = MappingProxyType(
    {
        "aws:downloadContent": "sourceInfo",
        "aws:executeStateMachine": "input",
        "aws:invokeLambdaFunction": "Payload",
    }
)


def check_json_text(step: Mapping[str, Any], path: Path) -> Iterator[Finding]:
    """That a step's input is no JSON; nothing is no input."""
    key = _JSON_INPUTS.get(step["action"], "")
    text = step["inputs"].get(key)
    if isinstance(text, str) and text and not UNKNOWN_YET.search(text) and not _is_json(text):
        message = f"found {quote(text)}; expected JSON text"
        yield Finding((*path, "inputs", key), message, "wrong-value")


def _is_json(text: str) -> bool:
    try:
        json.loads(text)
    except (ValueError, RecursionError):
        return False
    return True
