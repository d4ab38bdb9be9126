"""The command line as a whole: verbs, exit statuses, interruptions."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tomllib
from importlib import import_module
from pathlib import Path

import pytest

from modules.cli import VERBS, main

POLICY = "name: web\nconfiguration_id: a1b2c\nhome_region: eu-west-1\ntargets: {all: true}\n"
ROOT = Path(__file__).parents[3]
COMMAND = [sys.executable, "-m", "modules.cli"]

Output = pytest.CaptureFixture[str]


@pytest.mark.parametrize("verb", VERBS)
def test_every_verb_has_help(verb: str, capsys: Output) -> None:
    assert main([verb, "--help"]) == 0
    output = capsys.readouterr().out
    assert f"usage: patch-policy {verb}" in output
    assert VERBS[verb][1:] in output.replace("\n", " ")


@pytest.mark.parametrize("verb", VERBS)
def test_every_verb_is_a_module(verb: str) -> None:
    module = import_module(f"modules.commands.{verb.replace('-', '_')}")
    assert callable(module.run)
    assert callable(module.add_arguments)


def test_help_lists_the_verbs(capsys: Output) -> None:
    assert main(["--help"]) == 0
    output = capsys.readouterr().out
    assert all(verb in output for verb in VERBS)


def test_the_version_is_that_of_the_package(capsys: Output) -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert main(["--version"]) == 0
    assert capsys.readouterr().out == f"patch-policy {project['version']}\n"


@pytest.mark.parametrize("arguments", [[], ["nonsense"], ["validate"], ["validate", "--nonsense"]])
def test_arguments_that_do_not_fit_are_bad_input(arguments: list[str], capsys: Output) -> None:
    assert main(arguments) == 2
    assert "usage: patch-policy" in capsys.readouterr().err


def test_help_imports_no_verb() -> None:
    code = "import sys; from modules.cli import main; main(['--help']); print(*sys.modules)"
    output = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, check=True, text=True
    )
    loaded = set(output.stdout.split())
    assert "modules.cli" in loaded
    assert not loaded & {"modules.commands.schedule", "yaml", "jsonschema", "cdktf", "boto3"}


def test_interrupting_ends_quietly_with_130(tmp_path: Path) -> None:
    """The policy is a pipe that stays empty: opening it waits until the command reads."""
    pipe = tmp_path / "policy.yaml"
    os.mkfifo(pipe)
    with subprocess.Popen([*COMMAND, "validate", str(pipe)], stderr=subprocess.PIPE) as process:
        with pipe.open("wb"):
            process.send_signal(signal.SIGINT)
            process.wait(timeout=20)
        _, errors = process.communicate(timeout=20)
    assert (process.returncode, errors) == (130, b"")


def test_a_reader_that_goes_away_is_no_traceback(tmp_path: Path) -> None:
    file = tmp_path / "policy.yaml"
    file.write_text(POLICY, encoding="utf-8")
    reader, writer = os.pipe()
    os.close(reader)
    command = [*COMMAND, "schedule", str(file), "--runs", "1000"]
    process = subprocess.run(command, stdout=writer, stderr=subprocess.PIPE, check=False)
    os.close(writer)
    assert (process.returncode, process.stderr) == (141, b"")


def test_file_names_that_cannot_be_printed_are_escaped(tmp_path: Path) -> None:
    file = tmp_path / os.fsdecode(b"\xff.yaml")
    file.write_text(POLICY, encoding="utf-8")
    environment = {**os.environ, "PYTHONIOENCODING": "ascii"}
    process = subprocess.run(
        [*COMMAND, "validate", str(file)], capture_output=True, check=False, env=environment
    )
    assert (process.returncode, process.stderr) == (0, b"")
    assert rb"\udcff.yaml: web (a1b2c)" in process.stdout


def test_a_full_disk_is_one_line(tmp_path: Path) -> None:
    file = tmp_path / "policy.yaml"
    file.write_text(POLICY, encoding="utf-8")
    with Path("/dev/full").open("wb") as full:
        process = subprocess.run(
            [*COMMAND, "validate", str(file)], stdout=full, stderr=subprocess.PIPE, check=False
        )
    assert process.returncode == 2
    assert process.stderr.startswith(b"patch-policy: ")
    assert process.stderr.count(b"\n") == 1
