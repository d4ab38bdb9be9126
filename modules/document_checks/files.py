"""Which files a command line's paths stand for: those named, and those of the folders."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from modules.policy.locate import SUFFIXES

_LEFT_OUT = ("node_modules", "cdktf.out")


@dataclass(frozen=True)
class File:
    """A file to check. One that is named has to be a policy or a document."""

    path: Path
    is_named: bool


def find_files(paths: Iterable[Path]) -> tuple[File, ...]:
    """Each file once, in the given order; a folder's files and those below it in alphabetic order.

    In folders, hidden ones are left out, links to folders are not followed, and only regular files
    are read: a pipe would wait for ever.
    """
    found: dict[Path, File] = {}
    for path in paths:
        for file in _below(path) if is_folder(path) else [File(path, is_named=True)]:
            found.setdefault(file.path, file)
    return tuple(found.values())


def is_folder(path: Path) -> bool:
    """Whether a path is a folder; what cannot even be a path is none."""
    try:
        return path.is_dir()
    except (OSError, ValueError):
        return False


def _below(folder: Path) -> Iterator[File]:
    for root, folders, names in os.walk(folder):
        folders[:] = sorted(n for n in folders if not n.startswith(".") and n not in _LEFT_OUT)
        for name in sorted(names):
            file = Path(root, name)
            if file.suffix in SUFFIXES and file.is_file():
                yield File(file, is_named=False)
