"""How many lines of the .tf files a change of each key of the policy file changes."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from itertools import pairwise
from typing import Any, Final

import pytest

from modules.plain.directory import module_directory
from modules.plain.rendering import Format
from modules.policy.build import build_policy
from modules.policy.operating_systems import OPERATING_SYSTEMS
from tests.synth.test_goldens import BASE, OTHER_VALUES, merged

# What decides the shape changes resources, or statements of policies; all else is one value.
SHAPE: Final = {
    "operation",
    "regions",
    "home_region",
    "targets.all",
    "targets.resource_group",
    "targets.instance_ids",
    "instance_roles.manage_default_role",
    "instance_roles.adopt_default_role",
    "instance_roles.adopt_baseline_policy",
    "instance_roles.attach_policies_to_existing",
    "name_tag.exclusive",
    "explorer",
    "sharing",
    "organization.id",
    "organization.units",
    "baseline_store.account",
    "access_logs.bucket",
}

# The mapping opens and closes on lines of its own, as the base has none.
ALLOWED: Final = {"tags": 3}


def configuration(policy: dict[str, Any]) -> dict[str, list[str]]:
    """The lines of the module's own files, without its examples."""
    files = module_directory([build_policy(policy)], Format.HCL)
    return {
        name: content.decode().splitlines()
        for name, content in files.items()
        if name.endswith(".tf") and "/" not in name
    }


def changed_lines(one: Mapping[str, list[str]], other: Mapping[str, list[str]]) -> int:
    """As a reviewer counts: a line that is replaced is one."""
    total = 0
    for name in one.keys() | other.keys():
        matcher = difflib.SequenceMatcher(None, one.get(name, []), other.get(name, []), False)
        for what, start, end, new_start, new_end in matcher.get_opcodes():
            if what != "equal":
                total += max(end - start, new_end - new_start)
    return total


@pytest.fixture(scope="module")
def sizes() -> dict[str, int]:
    base = configuration(BASE)
    return {
        key: changed_lines(base, configuration(merged(BASE, change)))
        for key, change in OTHER_VALUES.items()
    }


def test_one_value_is_one_line(sizes: dict[str, int]) -> None:
    """A schedule exactly one; with a rate it does not wait any more, unless told so."""
    values = {key: size for key, size in sizes.items() if key not in SHAPE}
    for key, size in sorted(sizes.items(), key=lambda item: item[1]):
        kind = "shape" if key in SHAPE else "value"
        print(f"{key:44} {kind} {size:4}")  # noqa: T201 - the table of this measurement
    assert {key: size for key, size in values.items() if size != ALLOWED.get(key, 1)} == {}


@pytest.mark.parametrize("number", [0, 1, 8, 14])
@pytest.mark.parametrize("system", ["REDHAT_ENTERPRISE_LINUX", "SUSE"])
def test_one_operating_systems_baseline_is_one_line(system: str, number: int) -> None:
    """However many are chosen already, and however long its name is."""
    others = [each for each in OPERATING_SYSTEMS if each != system][:number]
    chosen = dict.fromkeys(others, "pb-0123456789abcdef0")
    steps = [
        configuration(merged(BASE, {"patch_baselines": {**chosen, **more}}))
        for more in ({}, {system: "pb-0fedcba9876543210"}, {system: "pb-00112233445566778"})
    ]
    assert [changed_lines(*pair) for pair in pairwise(steps)] == [1, 1]
