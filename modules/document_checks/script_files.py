"""Scripts in files of their own: `Script: file://name.py`, relative to the document.

The documents of a patch policy are written so; Systems Manager does not know it.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from modules.policy.problems import Finding, quote
from modules.quick_setup.documents.source import SCRIPT_PREFIX

LARGEST_SCRIPT = 64 * 1024

Place = tuple[str | int, ...]


def inline_scripts(data: Any, folder: Path) -> list[Finding]:
    """Put every script in its place in the data; the findings are the files that are not there."""
    return [found for inputs, path in _steps(data, ()) for found in _inline(inputs, path, folder)]


def _steps(value: Any, path: Place) -> Iterator[tuple[dict[str, Any], Place]]:
    if isinstance(value, dict):
        script = value.get("Script")
        if isinstance(script, str) and script.startswith(SCRIPT_PREFIX):
            yield value, (*path, "Script")
        for key, item in value.items():
            yield from _steps(item, (*path, key))
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from _steps(item, (*path, index))


def _inline(inputs: dict[str, Any], path: Place, folder: Path) -> Iterator[Finding]:
    name = inputs["Script"].removeprefix(SCRIPT_PREFIX)
    try:
        file = folder / name
        text = file.read_bytes()[: LARGEST_SCRIPT + 1].decode() if file.is_file() else None
    except (OSError, ValueError):
        text = None
    if text is None or len(text) > LARGEST_SCRIPT:
        message = f"found {quote(name)}, which is no script; expected a file beside the document"
        yield Finding(path, message, "script-file")
    else:
        inputs["Script"] = text
