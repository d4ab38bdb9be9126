"""Which files the paths on a command line stand for."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

SUFFIXES = (".json", ".yaml", ".yml")


def policy_files(paths: Iterable[Path]) -> tuple[Path, ...]:
    """The files, and those in the folders (not below them); each once, in the given order.

    A folder without any stays as it is: whoever loads it is told so.
    """
    files = (file for path in paths for file in _in_folder(path) or [path])
    return tuple(dict.fromkeys(files))


def _in_folder(folder: Path) -> list[Path]:
    try:
        return sorted(file for file in folder.iterdir() if file.suffix in SUFFIXES)
    except (OSError, ValueError):  # no folder, or one that cannot be read
        return []
