"""Loading the documents: their scripts, their checks, and what is said about a broken folder."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from modules.quick_setup.documents import DocumentError, load_documents
from modules.quick_setup.documents.catalogue import CATALOGUE, MAX_BYTES, load_from
from modules.quick_setup.documents.rendering import canonical_json
from modules.quick_setup.documents.source import ROOT

SCRIPT = "add_or_remove_tag/remove_other_name_tags.py"
YAML = "add_or_remove_tag/document.yaml"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the sources to break."""
    return Path(shutil.copytree(ROOT, tmp_path / "ssm_documents"))


def edit(file: Path, change: Callable[[str], str]) -> None:
    """Rewrite a file."""
    text = file.read_text(encoding="utf-8")
    changed = change(text)
    assert changed != text
    file.write_text(changed, encoding="utf-8")


def problems(folder: Path) -> tuple[str, ...]:
    """What loading the folder reports."""
    with pytest.raises(DocumentError) as error:
        load_from(folder)
    return error.value.problems


def test_the_names_and_target_types_are_quick_setups() -> None:
    named = {
        document.name("a1b2c", "AWSQuickSetup"): document.target_type
        for document in load_documents().values()
    }
    assert named == {
        "AWSQuickSetup-CreateAndAttachIAMToEc2Node-a1b2c": "/AWS::EC2::Instance",
        "AWSQuickSetup-CreateAndAttachIAMToHybridNode-a1b2c": "/AWS::SSM::ManagedInstance",
        "AWSQuickSetup-AddOrRemoveTag-PatchPolicy-a1b2c": "/",
        "AWSQuickSetup-NameTagRemediation-a1b2c": None,
        "QuickSetup-Remediation-AutomationDocument-a1b2c": None,
    }


@pytest.mark.parametrize(
    ("key", "parameters"),
    [
        (
            "create_and_attach_iam_to_ec2_node",
            "AutomationAssumeRole InstanceId IsPolicyAttachAllowed AwsAccountId QSConfigurationId",
        ),
        (
            "create_and_attach_iam_to_hybrid_node",
            "AutomationAssumeRole InstanceId IsPolicyAttachAllowed AwsAccountId QSConfigurationId "
            "Region",
        ),
        (
            "add_or_remove_tag",
            "AutomationAssumeRole InstanceId QSConfigurationName QSConfigurationId TagAction",
        ),
        (
            "name_tag_remediation",
            "AutomationAssumeRole TargetType NameKey NameValue TargetValues Region",
        ),
        ("remediation", ""),
    ],
)
def test_an_association_has_to_pass_exactly_these_parameters(key: str, parameters: str) -> None:
    declared = load_documents()[key].content["parameters"]
    required = [name for name, parameter in declared.items() if "default" not in parameter]
    assert required == parameters.split()


def test_every_script_is_in_its_place() -> None:
    for key, document in load_documents().items():
        for step in document.content["mainSteps"]:
            script = step["inputs"].get("Script", "")
            assert not script.startswith("file://"), (key, step["name"])


def test_the_documents_load_once_in_a_process() -> None:
    assert load_documents() is load_documents()


def test_the_documents_load_from_any_directory(tmp_path: Path) -> None:
    code = "from modules.quick_setup.documents import load_documents; print(len(load_documents()))"
    environment = {**os.environ, "PYTHONPATH": str(ROOT.parent)}
    run = subprocess.run(
        [sys.executable, "-c", code],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )
    assert run.stdout.strip() == str(len(CATALOGUE))


def test_a_document_has_room_left_below_the_quota() -> None:
    sizes = [len(canonical_json(document).encode()) for document in load_documents().values()]
    assert max(sizes) < MAX_BYTES / 4


def test_rejects_a_script_that_is_not_there(folder: Path) -> None:
    (folder / SCRIPT).unlink()
    [problem] = problems(folder)
    assert problem.startswith(f"ssm_documents/{YAML}: $.mainSteps[1].inputs.Script: there is no")


def test_rejects_a_script_outside_of_the_documents(folder: Path) -> None:
    (folder.parent / "secret.py").write_text("def handler(events, context): pass\n")
    edit(folder / YAML, lambda text: text.replace("//remove_other", "//../../secret.py#remove"))
    assert any("'../../secret.py#remove" in problem for problem in problems(folder))
    edit(folder / YAML, lambda text: text.replace("secret.py#remove_name_tags.py", "secret.py"))
    assert any("there is no script '../../secret.py'" in problem for problem in problems(folder))


def test_rejects_a_script_that_no_step_names(folder: Path) -> None:
    (folder / "remediation" / "old.py").write_text("")
    assert problems(folder) == ("ssm_documents/remediation/old.py: $: no step names this script",)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("def handler(events, context)\n    return {}\n", "line 1: expected ':'"),
        ("def other(events, context):\n    return {}\n", "expected the function 'handler'"),
        ("def handler(events):\n    return {}\n", "handler() takes the events and the context"),
        ("def handler(events, context):\n    return f'{{x}}'\n", "line 2: '{{' begins"),
    ],
)
def test_rejects_a_script_that_automation_cannot_run(folder: Path, text: str, message: str) -> None:
    (folder / SCRIPT).write_text(text)
    [problem] = problems(folder)
    assert f"$.mainSteps[1].inputs.Script: remove_other_name_tags.py: {message}" in problem


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("mainSteps:", "description: again\nmainSteps:", "the key 'description' is given twice"),
        ("mainSteps:", "mainSteps: [", "while parsing"),
        ("TagAction:", "2026-01-01:", "found the key datetime.date(2026, 1, 1); expected text"),
    ],
)
def test_rejects_yaml_that_is_not_what_it_seems(
    folder: Path, old: str, new: str, message: str
) -> None:
    edit(folder / YAML, lambda text: text.replace(old, new, 1))
    assert message in problems(folder)[0]


def test_rejects_a_document_beyond_the_quota(folder: Path) -> None:
    edit(folder / SCRIPT, lambda text: text + "#" * MAX_BYTES)
    assert f"a document has {MAX_BYTES} at most" in problems(folder)[0]


def test_names_the_problems_of_all_documents_at_once(folder: Path) -> None:
    (folder / "remediation" / "document.yaml").unlink()
    edit(folder / YAML, lambda text: text.replace("nextStep:", "nextstep:"))
    found = problems(folder)
    assert len(found) == 2
    assert found[0].endswith(".nextstep: found an unknown key; expected nextStep")
    assert found[1].startswith("ssm_documents/remediation/document.yaml: $: [Errno 2]")
