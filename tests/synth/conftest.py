"""One app of varied policies, in either form, for every test that only looks."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.synth.apps import stacks, synthesize, varied_policies, write_app


@pytest.fixture(scope="session")
def json_output(tmp_path_factory: pytest.TempPathFactory) -> Path:
    app = write_app(tmp_path_factory.mktemp("json") / "app", varied_policies())
    return synthesize(app)


@pytest.fixture(scope="session")
def hcl_output(tmp_path_factory: pytest.TempPathFactory) -> Path:
    app = write_app(tmp_path_factory.mktemp("hcl") / "app", varied_policies())
    return synthesize(app, hcl=True)


@pytest.fixture(scope="session")
def configurations(json_output: Path) -> dict[str, dict[str, Any]]:
    return stacks(json_output)
