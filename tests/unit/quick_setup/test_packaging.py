"""The Lambda package: the same bytes everywhere, and a zip file that runs."""

from __future__ import annotations

import base64
import hashlib
import io
import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from modules.quick_setup.packaging import SOURCES, lambda_package

REPOSITORY = Path(__file__).resolve().parents[3]


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """The sources in another folder, with other times and permissions, and with litter."""
    folder = tmp_path / "elsewhere" / SOURCES.name
    shutil.copytree(SOURCES, folder)
    for index, path in enumerate(sorted(folder.glob("*.py"), reverse=True)):
        path.chmod(0o700 if index % 2 else 0o640)
        os.utime(path, (1_000_000_000 + index, 1_000_000_000 + index))
    (folder / "__pycache__").mkdir(exist_ok=True)
    (folder / "__pycache__" / "handler.cpython-311.pyc").write_bytes(b"0")
    (folder / "notes.txt").write_text("x")
    return folder


def test_the_package_does_not_depend_on_folder_times_permissions_and_litter(copy: Path) -> None:
    assert lambda_package(copy) == lambda_package()


def test_the_package_does_not_depend_on_line_endings(copy: Path) -> None:
    """As git on Windows may check them out."""
    for path in copy.glob("*.py"):
        path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))

    assert lambda_package(copy) == lambda_package()


def test_the_package_does_not_depend_on_the_process(tmp_path: Path) -> None:
    """Another working directory, time zone, hash seed and umask."""
    code = (
        "import os, sys; os.umask(0o077)\n"
        f"sys.path.insert(0, {str(REPOSITORY)!r})\n"
        "from modules.quick_setup.packaging import lambda_package\n"
        "print(lambda_package().source_code_hash)\n"
    )
    elsewhere = {"TZ": "Asia/Tokyo", "PYTHONHASHSEED": "7", "LC_ALL": "C"}
    run = subprocess.run(
        [sys.executable, "-c", code],
        check=True,
        env=elsewhere,
        cwd=tmp_path,
        stdout=subprocess.PIPE,
        text=True,
    )

    assert run.stdout.strip() == lambda_package().source_code_hash


def test_a_changed_source_is_another_package(copy: Path) -> None:
    (copy / "handler.py").write_text("# changed\n")

    assert lambda_package(copy).source_code_hash != lambda_package().source_code_hash


def test_the_hash_is_the_one_that_lambda_reports() -> None:
    package = lambda_package()

    digest = base64.b64decode(package.source_code_hash)
    assert digest == hashlib.sha256(package.content).digest()


def test_the_zip_holds_the_python_files_alone_readable_for_all() -> None:
    with zipfile.ZipFile(io.BytesIO(lambda_package().content)) as package:
        entries = package.infolist()

    names = [entry.filename for entry in entries]
    assert names == sorted(f"{SOURCES.name}/{path.name}" for path in SOURCES.glob("*.py"))
    assert {entry.date_time for entry in entries} == {(1980, 1, 1, 0, 0, 0)}
    assert {entry.external_attr >> 16 for entry in entries} == {0o100644}
    assert {(entry.create_system, entry.compress_type) for entry in entries} == {(3, 0)}


def test_the_function_runs_from_the_zip(tmp_path: Path) -> None:
    """As Lambda resolves the handler, and with nothing else of ours in reach."""
    package = lambda_package()
    zip_file = tmp_path / package.file_name
    zip_file.write_bytes(package.content)
    module, _, function = package.handler.rpartition(".")
    code = (
        "import importlib, sys\n"
        f"sys.path.insert(0, {str(zip_file)!r})\n"
        f"module = importlib.import_module({module!r})\n"
        f"assert module.__file__.startswith({str(zip_file)!r}), module.__file__\n"
        "try:\n"
        f"    module.{function}({{'RequestType': 'Create'}}, None)\n"
        "except Exception as error:\n"
        "    print(type(error).__name__, error)\n"
    )
    run = subprocess.run(
        [sys.executable, "-I", "-c", code], check=True, env={}, stdout=subprocess.PIPE, text=True
    )

    assert run.stdout == (
        "EventError The event cannot be used, nothing was done."
        " $.ResourceProperties: found nothing; expected an object that is not empty.\n"
    )


def test_rejects_a_folder_without_sources(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match="holds no Python file"):
        lambda_package(tmp_path)
