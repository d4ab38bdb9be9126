"""The HCL directory, the JSON directory and CDKTF's stacks plan the same, addresses aside."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from modules.terraform_cli import terraform_environment
from tests.e2e.aws import embedded_aws
from tests.synth.apps import synthesize, varied_policies, write_app
from tests.terraform.plain.plans import (
    Workplace,
    app_as_modules,
    app_values,
    differences,
    generate,
    generated_values,
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
