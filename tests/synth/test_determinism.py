"""The same policies give the same bytes: whatever else would be a change of the fleet."""

from __future__ import annotations

import re
import socket
from pathlib import Path

import pytest

from tests.synth.apps import EXAMPLE, POLICIES, ROOT, files, synthesize, write_app

NAMES = ("everything", "home_elsewhere", "reader")
# A user and a home whose names would be found anywhere.
SOMEBODY = {"USER": "quetzalcoatl", "LOGNAME": "quetzalcoatl", "PYTHONHASHSEED": "1", "TZ": "UTC"}
ELSEWHERE = {
    "USER": "tezcatlipoca",
    "LOGNAME": "tezcatlipoca",
    "PYTHONHASHSEED": "4242",
    "TZ": "Asia/Kathmandu",
    "LC_ALL": "C",
    "LANG": "tr_TR.UTF-8",
}
FORMS = pytest.mark.parametrize("hcl", [False, True], ids=["json", "hcl"])


def texts() -> dict[str, str]:
    named = {name: (POLICIES / f"{name}.yaml").read_text(encoding="utf-8") for name in NAMES}
    return named | {"example": EXAMPLE.read_text(encoding="utf-8")}


@FORMS
def test_folder_user_hash_seed_time_zone_and_order_of_files_change_nothing(
    tmp_path: Path, hcl: bool
) -> None:
    here = write_app(tmp_path / "here", texts())
    # The other way round, so that the files' order is another.
    renamed = {
        chr(ord("a") + number): text for number, text in enumerate([*texts().values()][::-1])
    }
    there = write_app(tmp_path / "some" / "where else", renamed)

    first = files(synthesize(here, hcl=hcl, environment=SOMEBODY))
    second = files(synthesize(there, hcl=hcl, environment=ELSEWHERE))

    assert first == second
    assert any(name.endswith(".zip") for name in first)
    assert_tells_nothing(first, str(tmp_path))


def assert_tells_nothing(output: dict[str, bytes], folder: str) -> None:
    """No path, user or machine, and no time but the version of the policy language."""
    telling = [folder, str(ROOT), *SOMEBODY.values(), socket.gethostname(), "cdktf.out"]
    for name, content in output.items():
        text = content.decode("utf-8", errors="replace")
        assert [each for each in telling if len(each) > 3 and each in text] == [], name
        assert set(re.findall(r"\b20\d\d-\d\d-\d\d", text)) <= {"2012-10-17"}, name


def test_one_folder_holds_one_form_of_the_configuration_and_each_run_gives_the_same(
    tmp_path: Path,
) -> None:
    """Terraform reads both forms, and each resource would be there twice."""
    app = write_app(tmp_path / "app", {"example": EXAMPLE.read_text(encoding="utf-8")})
    runs = []
    for hcl, expected in ((False, "cdk.tf.json"), (True, "cdk.tf"), (False, "cdk.tf.json")):
        output = synthesize(app, hcl=hcl)
        folders = [*(output / "stacks").iterdir()]
        assert len(folders) == 2
        for folder in folders:
            assert [*folder.glob("*.tf*")] == [folder / expected]
        runs.append(files(output))
    assert runs[0] == runs[2]


def test_files_that_are_wanted_no_more_are_removed(tmp_path: Path) -> None:
    """A region that has no store any more keeps neither Lambda nor refresh."""
    example = EXAMPLE.read_text(encoding="utf-8")
    app = write_app(tmp_path / "app", {"example": example})
    stack = synthesize(app) / "stacks" / "patch-policy-a1b2c-ap-northeast-1"
    assert (stack / "lambda").is_dir()

    reading = example + 'baseline_store: {account: "111122223333"}\n'
    (app / "policies" / "example.yaml").write_text(reading, encoding="utf-8")
    synthesize(app)

    assert not (stack / "lambda").exists()
    assert not (stack / "documents" / "remediation.json.tftpl").exists()
    assert (stack / "documents" / "add_or_remove_tag.json").is_file()
