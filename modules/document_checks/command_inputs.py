"""Inputs of plugins by their documented names.

SSM Agent reads an input's name without regard to its case, and AWS's own documents rely on it:
AWS-ApplyAnsiblePlaybooks writes `SourceType` for `sourceType`.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

from modules.quick_setup.documents.checks import COMMAND_SCHEMA_FILE, definitions


def with_documented_names(content: Mapping[str, Any]) -> dict[str, Any]:
    """The document with each input under the name that the schema knows, where there is one."""
    steps = content.get("mainSteps")
    renamed = [_renamed(step) for step in steps] if isinstance(steps, list) else steps
    return {key: renamed if key == "mainSteps" else value for key, value in content.items()}


def _renamed(step: Any) -> Any:
    """Nothing says yet that the step has the right form."""
    if not isinstance(step, dict) or not isinstance(step.get("inputs"), dict):
        return step
    names = _names().get(str(step.get("action")), {})
    inputs = {names.get(key.lower(), key): value for key, value in step["inputs"].items()}
    return {**step, "inputs": inputs}


@cache
def _names() -> dict[str, dict[str, str]]:
    """By plugin: the inputs' names, by the same in small letters."""
    return {
        plugin: {name.lower(): name for name in schema.get("properties", {})}
        for plugin, schema in definitions(COMMAND_SCHEMA_FILE).items()
        if plugin.startswith("aws:")
    }
