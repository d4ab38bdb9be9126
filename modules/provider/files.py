"""Files that are there as a whole or not at all."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Final

_TEMPORARY: Final = ".patch-policy-new"


def write_whole(path: Path, content: bytes) -> None:
    """Whoever stops this half-way finds the old file or the new one, never a part of one.

    A file that says the same already is left alone.
    """
    if path.is_file() and path.read_bytes() == content:
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    # Always the same name, so that what an earlier run left behind is used up.
    temporary = path.with_name(f".{path.name}{_TEMPORARY}")
    with temporary.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    temporary.chmod(0o644)
    temporary.replace(path)


def remove(folder: Path, path: str) -> None:
    """A file below the folder, and the folders that are empty without it."""
    target = folder / path
    target.unlink(missing_ok=True)
    for parent in target.parents:
        if parent == folder or not parent.is_dir() or any(parent.iterdir()):
            return
        parent.rmdir()
