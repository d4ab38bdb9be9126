"""`patch-policy validate`."""

from __future__ import annotations

import io
import json
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

from modules.cli import main

GOOD = "name: web\nconfiguration_id: a1b2c\nhome_region: eu-west-1\ntargets: {all: true}\n"
BAD = GOOD.replace("a1b2c", "A").replace("name: web", "name: 5")

Output = pytest.CaptureFixture[str]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a good policy, and the current one."""
    (tmp_path / "policies").mkdir()
    (tmp_path / "policies" / "web.yaml").write_text(GOOD, encoding="utf-8")
    (tmp_path / "policies" / "notes.txt").write_text("no policy", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path / "policies"


def test_good_files_get_a_line_each(folder: Path, capsys: Output) -> None:
    (folder / "other.json").write_text(
        json.dumps(
            {
                "name": "db",
                "configuration_id": "z9y8x",
                "home_region": "eu-west-1",
                "regions": ["eu-west-1", "us-east-1"],
                "targets": {"all": True},
            }
        ),
        encoding="utf-8",
    )
    assert main(["validate", "policies"]) == 0
    assert capsys.readouterr().out.splitlines() == [
        "policies/other.json: db (z9y8x): Scan in eu-west-1, us-east-1",
        "policies/web.yaml: web (a1b2c): Scan in eu-west-1",
    ]


def test_problems_of_all_files_go_to_standard_error(folder: Path, capsys: Output) -> None:
    (folder / "bad.yml").write_text(BAD, encoding="utf-8")
    assert main(["validate", "policies", "nowhere.yaml"]) == 2
    output = capsys.readouterr()
    assert output.out == ""
    assert output.err.splitlines() == [
        "policies/bad.yml: $.name: found the number 5; expected text: put it in quotes"
        " [wrong-type]",
        'policies/bad.yml: $.configuration_id: found "A"; expected 4 to 10 lower-case letters and'
        " digits, such as a1b2c [wrong-value]",
        "nowhere.yaml: $: found no such file; expected a policy file [unreadable-file]",
    ]


@pytest.mark.usefixtures("folder")
def test_a_file_given_twice_is_checked_once(capsys: Output) -> None:
    assert main(["validate", "policies", "policies/web.yaml"]) == 0
    assert len(capsys.readouterr().out.splitlines()) == 1


def test_folder_without_policies_is_a_problem(folder: Path, capsys: Output) -> None:
    (folder / "empty").mkdir()
    assert main(["validate", "policies/empty"]) == 2
    assert "policies/empty: $: found a folder without" in capsys.readouterr().err


@pytest.mark.usefixtures("folder")
def test_json_lists_the_policies(capsys: Output) -> None:
    assert main(["validate", "--format", "json", "policies"]) == 0
    assert json.loads(capsys.readouterr().out) == {
        "policies": [{"file": "policies/web.yaml", "name": "web", "configuration_id": "a1b2c"}],
        "documents": [],
        "problems": [],
    }


@pytest.mark.usefixtures("folder")
def test_json_lists_the_problems(capsys: Output) -> None:
    assert main(["validate", "--format", "json", "policies", "nowhere.yaml"]) == 2
    output = capsys.readouterr()
    message = "found no such file; expected a policy file"
    assert json.loads(output.out) == {
        "policies": [{"file": "policies/web.yaml", "name": "web", "configuration_id": "a1b2c"}],
        "documents": [],
        "problems": [
            {
                "file": "nowhere.yaml",
                "path": "$",
                "message": message,
                "rule": "unreadable-file",
                "line": None,
            }
        ],
    }
    assert output.err == ""


DOCUMENT = """
schemaVersion: "0.3"
mainSteps:
  - name: rest
    action: aws:sleep
    inputs: {Duration: PT1M}
    nextStep: wrok
  - {name: work, action: aws:sleep, inputs: {Duration: PT1M}}
"""
OLD_DOCUMENT = 'schemaVersion: "1.2"\nruntimeConfig: {}\n'


def test_documents_and_policies_are_told_apart(folder: Path, capsys: Output) -> None:
    good = DOCUMENT.replace("wrok", "work")
    (folder / "runbooks").mkdir()
    (folder / "runbooks" / "rest.yaml").write_text(good, encoding="utf-8")
    (folder / "runbooks" / "old.yaml").write_text(OLD_DOCUMENT, encoding="utf-8")
    (folder / "compose.yaml").write_text("services: {}\n", encoding="utf-8")
    assert main(["validate", "policies"]) == 0
    assert capsys.readouterr().out.splitlines() == [
        "policies/web.yaml: web (a1b2c): Scan in eu-west-1",
        "policies/runbooks/old.yaml: another document of schema version 1.2: not checked",
        "policies/runbooks/rest.yaml: Automation document",
    ]


def test_a_documents_problem_has_its_line_and_rule(folder: Path, capsys: Output) -> None:
    (folder / "rest.yaml").write_text(DOCUMENT, encoding="utf-8")
    assert main(["validate", "policies/rest.yaml"]) == 2
    assert capsys.readouterr().err == (
        "policies/rest.yaml: $.mainSteps[0].nextStep: there is no step 'wrok'; expected one of"
        " rest, work (line 7) [missing-step]\n"
    )


def test_the_line_of_a_key_that_is_no_text_is_told_once(folder: Path, capsys: Output) -> None:
    text = DOCUMENT.replace("    nextStep: wrok", "    1: x\n    onFailure: {{ Mode }}")
    (folder / "rest.yaml").write_text(text, encoding="utf-8")
    assert main(["validate", "policies/rest.yaml"]) == 2
    assert capsys.readouterr().err.splitlines() == [
        "policies/rest.yaml: $.mainSteps[0]: found the key 1; expected text: put it in quotes"
        " (line 7) [plain-data]",
        "policies/rest.yaml: $.mainSteps[0].onFailure: found a mapping as a key; expected text:"
        " put a {{ reference }} in quotes (line 8) [plain-data]",
    ]


def test_json_lists_documents_and_their_problems(folder: Path, capsys: Output) -> None:
    (folder / "good.json").write_text(OLD_DOCUMENT, encoding="utf-8")
    (folder / "rest.yaml").write_text(DOCUMENT, encoding="utf-8")
    assert main(["validate", "--format", "json", "policies/good.json", "policies/rest.yaml"]) == 2
    output = json.loads(capsys.readouterr().out)
    assert output["documents"] == [
        {"file": "policies/good.json", "schema_version": "1.2", "checked": False},
        {"file": "policies/rest.yaml", "schema_version": "0.3", "checked": True},
    ]
    (problem,) = output["problems"]
    assert (problem["rule"], problem["line"]) == ("missing-step", 7)


def test_json_lists_every_file_whatever_is_wrong_with_it(folder: Path, capsys: Output) -> None:
    (folder / "bad.yml").write_text(BAD, encoding="utf-8")
    (folder / "broken.yaml").write_text("mainSteps: [", encoding="utf-8")
    assert main(["validate", "--format", "json", "policies"]) == 2
    output = json.loads(capsys.readouterr().out)
    assert output["policies"] == [
        {"file": "policies/bad.yml", "name": None, "configuration_id": None},
        {"file": "policies/web.yaml", "name": "web", "configuration_id": "a1b2c"},
    ]
    assert output["documents"] == [
        {"file": "policies/broken.yaml", "schema_version": None, "checked": True}
    ]


def test_a_file_whose_problems_are_all_ignored_gets_its_line(folder: Path, capsys: Output) -> None:
    (folder / "rest.yaml").write_text(DOCUMENT, encoding="utf-8")
    (folder / "broken.yaml").write_text("mainSteps: [", encoding="utf-8")
    (folder / "twin.yaml").write_text(GOOD.replace("web", "twin"), encoding="utf-8")
    rules = ("missing-step", "syntax", "conflicting-policies", "unreadable-file")
    ignored = [word for rule in rules for word in ("--ignore", rule)]
    assert main(["validate", *ignored, "policies", "nowhere.yaml"]) == 0
    assert capsys.readouterr().out.splitlines() == [
        "policies/twin.yaml: twin (a1b2c): Scan in eu-west-1",
        "policies/web.yaml: patch policy (1 problem ignored)",
        "policies/broken.yaml: Systems Manager document (1 problem ignored)",
        "policies/rest.yaml: Automation document (1 problem ignored)",
        "nowhere.yaml: not checked (1 problem ignored)",
    ]
    assert main(["validate", "--format", "json", *ignored, "policies", "nowhere.yaml"]) == 0
    output = json.loads(capsys.readouterr().out)
    assert (len(output["documents"]), output["problems"]) == (2, [])


def test_ignored_problems_are_counted(folder: Path, capsys: Output) -> None:
    twice = DOCUMENT.replace("PT1M}}", "PT1M}, nextStep: wrok}")
    (folder / "rest.yaml").write_text(twice, encoding="utf-8")
    assert main(["validate", "--ignore", "missing-step", "policies/rest.yaml"]) == 0
    assert capsys.readouterr().out == (
        "policies/rest.yaml: Automation document (2 problems ignored)\n"
    )


def test_an_ignored_rule_is_left_out(folder: Path, capsys: Output) -> None:
    (folder / "rest.yaml").write_text(DOCUMENT, encoding="utf-8")
    assert main(["validate", "--ignore", "missing-step", "policies"]) == 0
    assert main(["validate", "--ignore", "endless-loop", "policies"]) == 2
    assert main(["validate", "--ignore", "nonsense", "policies"]) == 2
    assert "invalid choice: 'nonsense'" in capsys.readouterr().err


def test_a_named_file_of_another_kind_is_a_problem_unless_skipped(
    folder: Path, capsys: Output
) -> None:
    (folder / "compose.yaml").write_text("services: {}\n", encoding="utf-8")
    assert main(["validate", "policies/compose.yaml"]) == 2
    assert "[unrecognized-file]" in capsys.readouterr().err
    assert main(["validate", "--skip-unrecognized", "policies/compose.yaml"]) == 0


def test_a_document_comes_from_standard_input(
    monkeypatch: pytest.MonkeyPatch, capsys: Output
) -> None:
    monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=io.BytesIO(DOCUMENT.encode())))
    assert main(["validate", "-"]) == 2
    assert capsys.readouterr().err.startswith("<stdin>: $.mainSteps[0].nextStep: there is no step")


def test_dash_is_standard_input(monkeypatch: pytest.MonkeyPatch, capsys: Output) -> None:
    monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=io.BytesIO(BAD.encode())))
    assert main(["validate", "-"]) == 2
    assert capsys.readouterr().err.startswith("<stdin>: $.name: found the number 5")
