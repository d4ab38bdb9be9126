"""A generated directory is renewed without losing what somebody edited."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from modules.plain.output import MANIFEST, OutputError, find_changes

ROOT = Path(__file__).parents[3]
FILES = {"main.tf": b"one\n", "documents/a.json": b"{}\n", "lambda/f.zip": b"\xff\x00"}


def written(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and path.name != MANIFEST
    }


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    find_changes(tmp_path / "out", FILES).write()
    return tmp_path / "out"


def test_a_new_folder_gets_every_file(folder: Path) -> None:
    assert written(folder) == FILES
    assert not find_changes(folder, FILES).is_stale


def test_an_unchanged_file_is_replaced(folder: Path) -> None:
    files = {**FILES, "main.tf": b"two\n"}
    changes = find_changes(folder, files)
    assert (changes.written, changes.edited) == (("main.tf",), ())
    changes.write()
    assert written(folder) == files


def test_an_edited_file_is_found_with_its_difference(folder: Path) -> None:
    (folder / "main.tf").write_bytes(b"mine\n")
    changes = find_changes(folder, {**FILES, "main.tf": b"two\n"})
    assert (changes.written, changes.edited) == ((), ("main.tf",))
    [difference] = changes.differences()
    assert "-mine\n+two\n" in difference


def test_an_edited_binary_file_is_named(folder: Path) -> None:
    (folder / "lambda" / "f.zip").write_bytes(b"\xfe")
    assert [*find_changes(folder, FILES).differences()] == ["Binary file lambda/f.zip differs\n"]


def test_an_edit_that_says_the_same_as_what_is_generated_is_none(folder: Path) -> None:
    (folder / "main.tf").write_bytes(b"two\n")
    assert not find_changes(folder, {**FILES, "main.tf": b"two\n"}).is_stale


def test_a_file_that_the_generator_never_wrote_is_not_overwritten(tmp_path: Path) -> None:
    (tmp_path / "main.tf").write_bytes(b"somebody's\n")
    assert find_changes(tmp_path, FILES).edited == ("main.tf",)


def test_a_file_that_somebody_removed_comes_back(folder: Path) -> None:
    (folder / "main.tf").unlink()
    assert find_changes(folder, FILES).written == ("main.tf",)


def test_a_file_no_longer_needed_goes_with_its_folder(folder: Path) -> None:
    files = {"main.tf": b"one\n"}
    find_changes(folder, files).write()
    assert written(folder) == files
    assert not (folder / "documents").exists()


def test_a_file_no_longer_needed_stays_where_it_was_edited(folder: Path) -> None:
    (folder / "documents" / "a.json").write_bytes(b"mine\n")
    changes = find_changes(folder, {"main.tf": b"one\n"})
    assert (changes.removed, changes.kept) == (("lambda/f.zip",), ("documents/a.json",))
    changes.write()
    assert written(folder) == {"main.tf": b"one\n", "documents/a.json": b"mine\n"}


def test_what_else_is_in_the_folder_stays(folder: Path) -> None:
    (folder / "notes.tf").write_bytes(b"mine\n")
    find_changes(folder, {}).write()
    assert written(folder) == {"notes.tf": b"mine\n"}


@pytest.mark.parametrize("text", ["", "[]", '{"files": 3}', '{"files": {"a": 1}}'])
def test_rejects_a_manifest_that_is_none(folder: Path, text: str) -> None:
    (folder / MANIFEST).write_text(text, encoding="utf-8")
    with pytest.raises(OutputError, match="found no list of generated files"):
        find_changes(folder, FILES)


def test_a_manifest_cannot_name_files_outside_its_folder(folder: Path) -> None:
    outside = folder.parent / "outside.tf"
    outside.write_bytes(b"one\n")
    text = (folder / MANIFEST).read_text(encoding="utf-8")
    (folder / MANIFEST).write_text(text.replace('"main.tf"', '"../outside.tf"'), encoding="utf-8")
    find_changes(folder, {}).write()
    assert outside.exists()


def test_rejects_a_file_in_the_place_of_the_folder(tmp_path: Path) -> None:
    (tmp_path / "out").write_bytes(b"")
    with pytest.raises(OutputError, match="expected a folder"):
        find_changes(tmp_path / "out", FILES)


@pytest.mark.parametrize("target", ["elsewhere.tf", "missing.tf"])
def test_a_link_in_the_place_of_a_file_counts_as_an_edit(folder: Path, target: str) -> None:
    """Whether what it leads to is there or not, and even if that is as it was written."""
    (folder.parent / "elsewhere.tf").write_bytes(FILES["main.tf"])
    (folder / "main.tf").unlink()
    (folder / "main.tf").symlink_to(folder.parent / target)
    changes = find_changes(folder, {**FILES, "main.tf": b"two\n"})
    assert (changes.written, changes.edited) == ((), ("main.tf",))
    assert [each for each in changes.differences() if "+two\n" in each]
    changes.write()
    assert not (folder / "main.tf").is_symlink()
    assert (folder.parent / "elsewhere.tf").read_bytes() == FILES["main.tf"]


def test_rejects_a_link_in_the_place_of_a_folder(folder: Path) -> None:
    (folder / "documents").rename(folder.parent / "elsewhere")
    (folder / "documents").symlink_to(folder.parent / "elsewhere")
    with pytest.raises(OutputError, match="documents: found a link; expected a folder"):
        find_changes(folder, FILES)


def test_a_link_may_lead_to_the_folder_itself(folder: Path) -> None:
    (folder.parent / "link").symlink_to(folder)
    assert not find_changes(folder.parent / "link", FILES).is_stale


# Kills itself at the n-th system call that changes a file, as a power cut would.
CRASH = """
import os, sys
from pathlib import Path
from modules.plain.output import find_changes

left = int(sys.argv[2])

def dying(call):
    def wrapper(*arguments, **keywords):
        global left
        left -= 1
        if left < 0:
            os._exit(9)
        return call(*arguments, **keywords)
    return wrapper

Path.replace, Path.unlink, os.fsync = map(dying, (Path.replace, Path.unlink, os.fsync))
files = {"main.tf": b"new" * 5000, "documents/b.json": b"[]", "lambda/f.zip": b"\\x01"}
find_changes(Path(sys.argv[1]), files).write()
"""


def crash_after(calls: int, folder: Path) -> int:
    command = [sys.executable, "-c", CRASH, str(folder), str(calls)]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    return subprocess.run(command, env=environment, check=False, timeout=30).returncode


def test_a_crash_leaves_each_file_old_or_new_and_the_next_run_goes_on(tmp_path: Path) -> None:
    new = {"main.tf": b"new" * 5000, "documents/b.json": b"[]", "lambda/f.zip": b"\x01"}
    crashes = 0
    for calls in range(20):
        folder = tmp_path / str(calls)
        find_changes(folder, FILES).write()
        status = crash_after(calls, folder)
        for path, content in written(folder).items():
            if not path.rpartition("/")[2].startswith("."):
                assert content in (FILES.get(path), new.get(path)), (calls, path)
        changes = find_changes(folder, {**new, "main.tf": b"newer\n"})
        assert (changes.edited, changes.kept) == ((), ()), calls
        changes.write()
        assert written(folder) == {**new, "main.tf": b"newer\n"}, calls
        if status == 0:
            break
        assert status == 9
        crashes += 1
    assert crashes > 8
