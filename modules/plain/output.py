"""Writes a generated directory over an earlier one without losing what somebody edited."""

from __future__ import annotations

import difflib
import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from modules.provider.files import remove, write_whole

MANIFEST: Final = ".patch-policy.json"


class OutputError(Exception):
    """The folder cannot be written to as it is; the message says why."""


@dataclass(frozen=True, kw_only=True)
class Changes:
    """What writing would do. `kept` are no longer needed but edited, so they stay."""

    folder: Path
    files: Mapping[str, bytes]
    written: tuple[str, ...]
    removed: tuple[str, ...]
    edited: tuple[str, ...]
    kept: tuple[str, ...]
    known: Mapping[str, tuple[str, ...]] = field(repr=False)

    @property
    def is_stale(self) -> bool:
        """Whether the folder differs from what is generated."""
        return bool(self.written or self.removed or self.edited)

    def differences(self) -> Iterator[str]:
        """For each edited file, the way from what is there to what would be written."""
        for path in self.edited:
            yield _difference(path, _content(self.folder, path) or b"", self.files[path])

    def write(self) -> None:
        """Every file, whole or not at all. The manifest knows both states while it goes on."""
        hashes = {path: [_hash(content)] for path, content in self.files.items()}
        going_on = {
            path: sorted({*self.known.get(path, ()), *hashes.get(path, ())})
            for path in sorted({*self.known, *hashes})
        }
        _write_manifest(self.folder, going_on)
        for path in (*self.written, *self.edited):
            write_whole(self.folder / path, self.files[path])
        for path in self.removed:
            remove(self.folder, path)
        _write_manifest(self.folder, hashes)


def find_changes(folder: Path, files: Mapping[str, bytes]) -> Changes:
    """What lies between a folder and the files. OutputError: something else is in their place."""
    known = _known(folder)
    there = {path: _content(folder, path) for path in (*files, *known)}
    ours = {
        path
        for path, content in there.items()
        if not (folder / path).is_symlink()  # the generator makes none
        and (content is None or _hash(content) in known.get(path, ()))
    }
    different = [path for path, content in files.items() if there[path] != content]
    obsolete = [path for path in known if path not in files and there[path] is not None]
    return Changes(
        folder=folder,
        files=files,
        written=tuple(sorted(path for path in different if path in ours)),
        removed=tuple(sorted(path for path in obsolete if path in ours)),
        edited=tuple(sorted(path for path in different if path not in ours)),
        kept=tuple(sorted(path for path in obsolete if path not in ours)),
        known=known,
    )


def _known(folder: Path) -> dict[str, tuple[str, ...]]:
    try:
        text = (folder / MANIFEST).read_text(encoding="utf-8")
    except FileNotFoundError:
        return {}
    except OSError as error:
        raise OutputError(f"{folder}: {error.strerror}; expected a folder to write to") from error
    try:
        found: Any = json.loads(text)
        return {path: tuple(hashes) for path, hashes in found["files"].items() if _is_below(path)}
    except (ValueError, KeyError, AttributeError, TypeError):
        raise OutputError(
            f"{folder / MANIFEST}: found no list of generated files; expected what "
            "`patch-policy generate` wrote. Restore it, or remove it and use --force"
        ) from None


def _is_below(path: str) -> bool:
    return not Path(path).is_absolute() and ".." not in Path(path).parts


def _content(folder: Path, path: str) -> bytes | None:
    target = folder / path
    for parent in map(folder.joinpath, Path(path).parents[:-1]):
        if parent.is_symlink():
            raise OutputError(f"{parent}: found a link; expected a folder within {folder}")
    try:
        return target.read_bytes()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise OutputError(f"{target}: {error.strerror}; expected a file to write") from error


def _hash(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _write_manifest(folder: Path, hashes: Mapping[str, list[str]]) -> None:
    document = {
        "//": "Written by patch-policy generate: the SHA-256 of each of its files.",
        "files": dict(sorted(hashes.items())),
    }
    write_whole(folder / MANIFEST, (json.dumps(document, indent=2) + "\n").encode())


def _difference(path: str, there: bytes, wanted: bytes) -> str:
    try:
        old, new = (content.decode().splitlines(keepends=True) for content in (there, wanted))
    except UnicodeDecodeError:
        return f"Binary file {path} differs\n"
    lines = difflib.unified_diff(old, new, f"{path} (edited)", f"{path} (generated)")
    return "".join(line if line.endswith("\n") else f"{line}\n" for line in lines)
