"""Modules of policies, as plain data."""

from __future__ import annotations

import pytest

from modules.plain.module import Module, build_module
from modules.plain.shape import Shape
from modules.policy.loader import load_policies, load_policy
from modules.policy.model import PatchPolicy
from tests.synth.apps import POLICIES, varied_policies, write_app


def _reusable(policy: PatchPolicy) -> Module:
    return build_module(policy, Shape.reusable(policy))


@pytest.fixture(scope="module")
def everything() -> Module:
    return _reusable(load_policy(POLICIES / "everything.yaml"))


@pytest.fixture(scope="module")
def modules(tmp_path_factory: pytest.TempPathFactory) -> list[Module]:
    """Those of a dozen policies that differ in everything."""
    folder = write_app(tmp_path_factory.mktemp("app") / "app", varied_policies()) / "policies"
    return [_reusable(policy) for policy in load_policies(sorted(folder.iterdir()))]
