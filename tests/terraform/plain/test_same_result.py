"""The HCL directory, the JSON directory and CDKTF's stacks plan the same, addresses aside."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from modules.plain.rendering import Format
from modules.plain.root import Root, root_directory
from modules.policy.loader import load_policy
from modules.provider.backend import LocalBackend
from modules.quick_setup import runbooks
from modules.terraform_cli import terraform_environment
from tests.e2e.aws import embedded_aws
from tests.synth.apps import EXAMPLE, synthesize, varied_policies, write_app
from tests.terraform.plain.plans import (
    Workplace,
    app_as_modules,
    app_values,
    differences,
    generate,
    generated_values,
    resources,
)


@pytest.fixture(scope="module")
def workplace(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workplace]:
    with embedded_aws() as aws:
        folder = tmp_path_factory.mktemp("terraform")
        yield Workplace(env=terraform_environment(folder, aws.environment()))


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_app(tmp_path_factory.mktemp("app") / "app", varied_policies())


@pytest.fixture(scope="module")
def stacks(app: Path, workplace: Workplace) -> Mapping[str, Any]:
    root = app_as_modules(synthesize(app), app / "root")
    return app_values(workplace.planned(root))


@pytest.mark.parametrize("form", ["hcl", "json"])
def test_planned_values_are_those_of_the_stacks(
    form: str, app: Path, stacks: Mapping[str, Any], workplace: Workplace, tmp_path: Path
) -> None:
    """Of a dozen policies in one root: every region, target, sharing and owner of the role."""
    folder = generate(tmp_path / form, app / "policies", "--layout", "root", "--format", form)
    planned = generated_values(workplace.planned(folder))
    assert sorted(planned) == sorted(stacks)
    assert differences(planned, stacks) == {}


NASTY = r"""echo ${HOME} $${x} %{ if true }%%{ "quoted" 'q' \n \\ \u00e9 été 日本 	tab
#!/bin/sh
cat <<EOF
{{ global:DATE }} ${!array[@]} `date` $(pwd) {"a": "b"}
EOF
"""


@pytest.mark.parametrize("form", list(Format))
def test_documents_reach_the_plan_unchanged(
    form: Format, workplace: Workplace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever a script holds that Terraform, JSON or a shell would take for its own."""
    texts: dict[str, str] = {}

    def nasty(key: str) -> str:
        text = original(key)
        if key != runbooks.REMEDIATION_KEY:  # a template, whose escapes are its renderer's
            text = json.dumps({"schemaVersion": "0.3", "description": NASTY + key}, indent=2)
            texts[key] = text
        return text

    original = runbooks._text
    monkeypatch.setattr(runbooks, "_text", nasty)
    policy = load_policy(EXAMPLE)
    for path, content in root_directory([policy], Root(backend=LocalBackend()), form).items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_bytes(content)
    plan = workplace.planned(tmp_path)
    planned = {
        each["name"]: each["values"]["content"]
        for each in resources(plan)
        if each["type"] == "aws_ssm_document" and each["name"] != "baseline_remediation"
    }
    assert len(texts) == 4
    assert planned == texts
