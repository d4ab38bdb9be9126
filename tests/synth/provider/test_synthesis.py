"""What a synthesis leaves in the output folder, and what it takes away."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from modules.provider.app import SynthesisError, clean_message, new_app, synthesize
from modules.provider.backend import LocalBackend
from modules.provider.engine import constructs, jsii, tf
from modules.provider.stack import Stack
from tests.support.folders import content_of

PROJECT = Path(__file__).parents[3]


def _synthesize_every_type(folder: Path, **environment: str) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    subprocess.run(
        [sys.executable, "-m", "tests.support.every_type"],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(PROJECT), **environment},
        check=True,
    )
    return folder / "cdktf.out"


def _stack(outdir: Path, **files: bytes) -> tuple[tf.App, Stack]:
    app = new_app(str(outdir))
    stack = Stack(app, "a", region="eu-central-1", backend=LocalBackend())
    for name, content in files.items():
        stack.add_file(f"documents/{name}.json", content)
    return app, stack


@pytest.mark.parametrize("hcl", ["false", "true"])
def test_the_output_is_the_same_everywhere(tmp_path: Path, hcl: str) -> None:
    """Two folders, two hash seeds, two time zones, another user's home and Node's path."""
    first = _synthesize_every_type(
        tmp_path / "one", PYTHONHASHSEED="1", TZ="UTC", SYNTH_HCL_OUTPUT=hcl
    )
    second = _synthesize_every_type(
        tmp_path / "other" / "deeper", PYTHONHASHSEED="2", TZ="Asia/Tokyo", SYNTH_HCL_OUTPUT=hcl
    )
    assert content_of(first) == content_of(second)
    assert len(content_of(first)) > 4
    assert not any(str(tmp_path).encode() in content for content in content_of(first).values())


def test_one_format_replaces_the_other(tmp_path: Path) -> None:
    stack = tmp_path / "cdktf.out" / "stacks" / "patch-policy-a1b2c-eu-central-1"
    for value, expected in [
        ("false", {"cdk.tf.json"}),
        ("1", {"cdk.tf", "metadata.json"}),
        ("true", {"cdk.tf", "metadata.json"}),
        ("false", {"cdk.tf.json"}),
    ]:
        _synthesize_every_type(tmp_path, SYNTH_HCL_OUTPUT=value)
        written = {path.name for path in stack.iterdir()}
        assert written & {"cdk.tf", "cdk.tf.json", "metadata.json"} == expected


def test_files_that_are_wanted_no_more_are_removed_and_others_stay(tmp_path: Path) -> None:
    folder = tmp_path / "stacks" / "a"
    synthesize(_stack(tmp_path, old=b"1", kept=b"2")[0])
    folder.joinpath(".terraform").mkdir()
    foreign = [folder / ".terraform" / "x", folder / ".terraform.lock.hcl", folder / "documents/me"]
    for path in foreign:
        path.write_bytes(b"not ours")
    synthesize(_stack(tmp_path, kept=b"3")[0])
    assert not folder.joinpath("documents/old.json").exists()
    assert folder.joinpath("documents/kept.json").read_bytes() == b"3"
    assert all(path.read_bytes() == b"not ours" for path in foreign)
    foreign[2].unlink()
    synthesize(_stack(tmp_path)[0])
    assert not folder.joinpath("documents").exists()


def test_a_file_that_says_the_same_is_left_alone(tmp_path: Path) -> None:
    synthesize(_stack(tmp_path, same=b"1")[0])
    file = tmp_path / "stacks/a/documents/same.json"
    os.utime(file, (1, 1))
    synthesize(_stack(tmp_path, same=b"1")[0])
    assert file.stat().st_mtime == 1


@pytest.mark.parametrize("path", ["/etc/passwd", "../x", "a/../../x"])
def test_rejects_a_file_outside_the_stacks_folder(tmp_path: Path, path: str) -> None:
    _, stack = _stack(tmp_path)
    with pytest.raises(ValueError, match="not a path below"):
        stack.add_file(path, b"")


def test_rejects_two_contents_for_one_file(tmp_path: Path) -> None:
    _, stack = _stack(tmp_path, x=b"1")
    stack.add_file("documents/x.json", b"1")
    with pytest.raises(ValueError, match="added twice"):
        stack.add_file("documents/x.json", b"2")


@jsii.implements(constructs.IValidation)
class _Refusal:
    def validate(self) -> list[str]:
        return ["the bucket's name is taken"]


def test_a_refused_app_says_why_without_a_traceback(tmp_path: Path) -> None:
    app, stack = _stack(tmp_path)
    stack.node.add_validation(_Refusal())
    with pytest.raises(SynthesisError) as caught:
        synthesize(app)
    assert str(caught.value) == (
        "Validation failed with the following errors:\n  [a] the bucket's name is taken"
    )


def test_a_message_is_freed_of_nodes_traceback() -> None:
    error = RuntimeError("Error: it failed\n    at Kernel._create (/tmp/x.js:1:2)\nfor a reason\n")
    assert clean_message(error) == "it failed\nfor a reason"
