"""`patch-policy generate` from the outside: what it writes, prints and returns."""

from __future__ import annotations

import json
import os
import re
import socket
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.synth.apps import EXAMPLE, POLICIES, ROOT, files

EVERYTHING = POLICIES / "everything.yaml"
ELSEWHERE = {
    "USER": "tezcatlipoca",
    "PYTHONHASHSEED": "4242",
    "TZ": "Asia/Kathmandu",
    "LC_ALL": "C",
    "LANG": "tr_TR.UTF-8",
}


def generate(
    *arguments: object, cwd: Path = ROOT, environment: Mapping[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "modules.cli", "generate", *map(str, arguments)],
        cwd=cwd,
        env={**os.environ, "PYTHONPATH": str(ROOT), **(environment or {})},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


@pytest.mark.parametrize("form", ["hcl", "json"])
@pytest.mark.parametrize("layout", ["module", "root"])
def test_folder_user_hash_seed_time_zone_and_order_of_files_change_nothing(
    form: str, layout: str, tmp_path: Path
) -> None:
    policies = [EXAMPLE, EVERYTHING, POLICIES / "home_elsewhere.yaml"]
    options = ("--layout", layout, "--format", form)
    here, there = tmp_path / "here", tmp_path / "some" / "where else"
    for folder, order, environment in ((here, 1, {}), (there, -1, ELSEWHERE)):
        folder.mkdir(parents=True)
        run = generate(
            *policies[::order], "--output", folder, *options, cwd=tmp_path, environment=environment
        )
        assert run.returncode == 0, run.stderr
    assert files(here) == files(there)
    telling = [str(tmp_path), str(ROOT), "tezcatlipoca", socket.gethostname(), "123456789012"]
    for name, content in files(here).items():
        text = content.decode("utf-8", errors="replace")
        mocked = name.endswith(".tftest.hcl")
        assert [each for each in telling if each in text and not (mocked and each.isdigit())] == []
        assert set(re.findall(r"\b20\d\d-\d\d-\d\d", text)) <= {"2012-10-17"}, name


@pytest.mark.parametrize("form", ["hcl", "json"])
def test_a_module_has_no_provider_backend_comment_key_or_hash(form: str, tmp_path: Path) -> None:
    assert generate(EVERYTHING, "--output", tmp_path, "--format", form).returncode == 0
    ending = ".tf" if form == "hcl" else ".tf.json"
    own = [*tmp_path.glob(f"*{ending}")]
    assert len(own) > 8
    for path in own:
        text = path.read_text(encoding="utf-8")
        assert not re.search(r'^\s*"?(provider|backend|cloud)"?\s*["{:]', text, re.MULTILINE), path
        assert '"//"' not in text
        assert not re.search(r"[0-9a-f]{32}|[A-Za-z0-9+/]{43}=", text), path


def test_what_somebody_edited_is_shown_and_stays_unless_forced(tmp_path: Path) -> None:
    assert generate(EXAMPLE, "--output", tmp_path).returncode == 0
    edited = tmp_path / "outputs.tf"
    edited.write_text(edited.read_text(encoding="utf-8") + "# mine\n", encoding="utf-8")
    before = files(tmp_path)

    refused = generate(EXAMPLE, "--output", tmp_path)
    assert refused.returncode == 3
    assert "-# mine" in refused.stdout
    assert f"{edited}: edited since it was generated." in refused.stderr
    assert files(tmp_path) == before

    assert generate(EXAMPLE, "--output", tmp_path, "--force").returncode == 0
    assert "# mine" not in edited.read_text(encoding="utf-8")


def test_a_file_of_somebody_elses_is_named_as_such(tmp_path: Path) -> None:
    (tmp_path / "main.tf").write_text("# mine\n", encoding="utf-8")
    refused = generate(EXAMPLE, "--output", tmp_path)
    assert refused.returncode == 3
    assert f"{tmp_path / 'main.tf'}: not generated." in refused.stderr
    assert [*files(tmp_path)] == ["main.tf"]


def test_check_writes_nothing_and_says_whether_the_directory_is_stale(tmp_path: Path) -> None:
    missing = generate(EXAMPLE, "--output", tmp_path / "new", "--check")
    assert (missing.returncode, (tmp_path / "new").exists()) == (1, False)
    assert generate(EXAMPLE, "--output", tmp_path).returncode == 0
    before = files(tmp_path)
    assert generate(EXAMPLE, "--output", tmp_path, "--check").returncode == 0
    other = generate(EXAMPLE, "--output", tmp_path, "--check", "--format", "json")
    assert other.returncode == 1
    assert "main.tf: to be removed" in other.stdout
    assert files(tmp_path) == before


def test_one_region_and_several_are_exemplified_whatever_the_policy_has(tmp_path: Path) -> None:
    for policy, calls in ((EXAMPLE, [1, 2]), (POLICIES / "home_elsewhere.yaml", [1, 3])):
        folder = tmp_path / policy.stem
        assert generate(policy, "--output", folder).returncode == 0
        examples = sorted((folder / "examples").iterdir())
        assert [each.name for each in examples] == ["one_region", "several_regions"]
        texts = [(each / "main.tf").read_text(encoding="utf-8") for each in examples]
        assert [text.count('\nmodule "') for text in texts] == calls
        assert "create_associations" not in texts[0]


READER_ELSEWHERE = """
name: reads_elsewhere
configuration_id: rdr1
home_region: eu-west-1
regions: [us-east-1]
targets: {all: true}
baseline_store: {account: "111122223333"}
"""


def test_a_reader_of_another_accounts_store_patches_though_its_home_is_no_region_of_its(
    tmp_path: Path,
) -> None:
    policy = tmp_path / "policy.yaml"
    policy.write_text(READER_ELSEWHERE, encoding="utf-8")
    assert generate(policy, "--output", tmp_path / "root", "--layout", "root").returncode == 0
    root = {name: content.decode() for name, content in files(tmp_path / "root").items()}
    assert '"scan_for_patches"' in root["associations.tf"]
    assert 'region = "us-east-1"' in root["providers.tf"]
    assert "# Patch policy reads\\_elsewhere\n" in root["README.md"]
    assert generate(policy, "--output", tmp_path / "module").returncode == 0
    module = files(tmp_path / "module")
    assert b"create_associations" not in module["variables.tf"]


def test_a_root_of_several_modules_gives_on_what_they_give(tmp_path: Path) -> None:
    policies = (EXAMPLE, POLICIES / "home_elsewhere.yaml")
    assert generate(*policies, "--output", tmp_path, "--layout", "root").returncode == 0
    modules = re.findall(r'module "(\w+)"', (tmp_path / "main.tf").read_text(encoding="utf-8"))
    outputs = re.findall(r'output "(\w+)"', (tmp_path / "outputs.tf").read_text(encoding="utf-8"))
    assert outputs == [f"{module}_association_ids" for module in modules]


def test_a_folder_holds_one_format_at_a_time(tmp_path: Path) -> None:
    """Terraform reads both, and each resource would be there twice."""
    for form, other in (("hcl", "*.tf.json"), ("json", "*.tf"), ("hcl", "*.tf.json")):
        assert generate(EXAMPLE, "--output", tmp_path, "--format", form).returncode == 0
        assert [*tmp_path.rglob(other)] == []


BACKENDS = {
    "s3": (
        {"s3": {"bucket": "my-states", "region": "eu-west-1", "key_prefix": "patching/"}},
        'key     = "patching/patch-policy-a1b2c.tfstate"',
    ),
    "cloud": (
        {"cloud": {"organization": "my-org", "project": "patching"}},
        'name    = "patch-policy-a1b2c"',
    ),
    "local": ({"local": {}}, 'path = "./patch-policy-a1b2c.tfstate"'),
}


@pytest.mark.parametrize("kind", BACKENDS)
@pytest.mark.parametrize("by_option", [True, False], ids=["option", "cdktf.json"])
def test_the_root_layout_takes_its_backend(kind: str, by_option: bool, tmp_path: Path) -> None:
    chosen, line = BACKENDS[kind]
    options = ("--backend", json.dumps(chosen)) if by_option else ()
    if not by_option:
        project = {"context": {"policies": ["*.yaml"], "backend": chosen}}
        (tmp_path / "cdktf.json").write_text(json.dumps(project), encoding="utf-8")
    output = tmp_path / "out"
    run = generate(EXAMPLE, "--output", output, "--layout", "root", *options, cwd=tmp_path)
    assert run.returncode == 0, run.stderr
    assert line in (output / "backend.tf").read_text(encoding="utf-8")


def test_the_root_layout_refuses_other_accounts_where_cdktf_json_names_one(tmp_path: Path) -> None:
    project = {"context": {"policies": ["*.yaml"], "account": "210987654321"}}
    (tmp_path / "cdktf.json").write_text(json.dumps(project), encoding="utf-8")
    for layout, expected in (("root", True), ("module", False)):
        output = tmp_path / layout
        run = generate(EXAMPLE, "--output", output, "--layout", layout, cwd=tmp_path)
        assert run.returncode == 0, run.stderr
        texts = [path.read_text(encoding="utf-8") for path in output.rglob("*.tf")]
        assert any('allowed_account_ids = ["210987654321"]' in text for text in texts) == expected


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--backend", "{"), "--backend: $: found no JSON"),
        (("--backend", '{"s3": {"bucket": "abc"}}'), "--backend: $.backend.s3"),
        (("--output", str(EXAMPLE)), "expected a folder to write to"),
        (("--import", "state.json"), "--import needs --layout root"),
        (("--layout", "root", "--import", str(EXAMPLE)), "found no state"),
    ],
)
def test_rejects_bad_input(arguments: tuple[str, ...], message: str, tmp_path: Path) -> None:
    output = () if "--output" in arguments else ("--output", tmp_path / "out")
    run = generate(EXAMPLE, *output, *arguments, cwd=tmp_path)
    assert run.returncode == 2
    assert message in run.stderr
    assert "Traceback" not in run.stderr
    assert not (tmp_path / "out").exists()
