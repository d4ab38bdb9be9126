"""A policy with every key set, as checked in: each option reaches its resources."""

from __future__ import annotations

import copy
import difflib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

from modules.policy.build import build_policy
from modules.policy.cross_checks import cross_check
from modules.policy.schema import check_schema, policy_schema, resolve
from modules.provider.app import synthesize
from modules.provider.backend import LocalBackend
from modules.quick_setup.deployment import plan_deployment
from modules.stacks.app import build_app
from tests.synth.apps import files
from tests.synth.golden_files import GOLDENS, configurations

BASE: dict[str, Any] = {
    "name": "base",
    "configuration_id": "a1b2c",
    "home_region": "eu-central-1",
    "operation": "ScanAndInstall",
    "targets": {"tag": {"key": "Env", "value": "prod"}},
    "command_output": {"bucket": "my-logs"},
    "sharing": "organizational_units",
    "organization": {"id": "o-a1b2c3d4e5", "units": ["ou-ab12-cdefghij"]},
}
# Another value for each key that a policy file can have, alone or with what it needs.
OTHER_VALUES: Mapping[str, Any] = yaml.safe_load(
    (Path(__file__).parent / "other_values.yaml").read_text(encoding="utf-8")
)


def test_the_configurations_are_the_golden_ones(tmp_path: Path) -> None:
    """A wanted change is taken over with `make goldens`."""
    found = configurations(tmp_path / "app")
    expected = {path.name: path.read_text(encoding="utf-8") for path in GOLDENS.glob("*.json")}
    assert found.keys() == expected.keys()
    for name, text in found.items():
        lines = difflib.unified_diff(expected[name].splitlines(), text.splitlines(), lineterm="")
        assert text == expected[name], "make goldens, and review: " + "\n".join(lines)


def leaves(schema: Mapping[str, Any], prefix: str = "") -> Iterator[str]:
    """The keys that hold values, as `scan.schedule`."""
    for key, member in schema["properties"].items():
        below = resolve(member)
        if "properties" in below and key != "patch_baselines":
            yield from leaves(below, f"{prefix}{key}.")
        else:
            yield f"{prefix}{key}"


def test_there_is_another_value_for_every_key_of_the_schema() -> None:
    assert sorted(leaves(policy_schema())) == sorted(OTHER_VALUES)


def output(policy: dict[str, Any], folder: Path) -> dict[str, bytes]:
    assert check_schema(policy) == []
    assert cross_check(policy, frozenset()) == []
    deployment = plan_deployment([build_policy(policy)])
    synthesize(build_app(deployment, LocalBackend(), str(folder)))
    return files(folder)


def merged(policy: dict[str, Any], changes: Mapping[str, Any]) -> dict[str, Any]:
    """None removes a key; a mapping is merged, but for targets, of which there is one kind."""
    result = copy.deepcopy(policy)
    for key, value in changes.items():
        if value is None:
            result.pop(key, None)
        elif isinstance(value, dict) and key != "targets":
            result[key] = merged(result.get(key, {}), value)
        else:
            result[key] = value
    return result


@pytest.fixture(scope="module")
def base_output(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    return output(BASE, tmp_path_factory.mktemp("base"))


@pytest.mark.parametrize("key", OTHER_VALUES)
def test_another_value_makes_another_configuration(
    key: str, base_output: dict[str, bytes], tmp_path: Path
) -> None:
    assert output(merged(BASE, OTHER_VALUES[key]), tmp_path) != base_output
