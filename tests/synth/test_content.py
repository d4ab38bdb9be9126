"""What holds for every resource of every stack."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

from modules.provider.schema import resource_schema
from tests.synth.apps import varied_policies

Configurations = dict[str, dict[str, Any]]
ROLE_STACK = "patch-policy-instance-role"
POLICY_ARGUMENTS = ("policy", "assume_role_policy")
# Data sources are read before a plan is made.
KNOWN_IN_A_PLAN = {
    "data.aws_caller_identity.caller_identity.account_id",
    "data.aws_partition.partition.partition",
}


def resources(configuration: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    for kind, named in configuration["resource"].items():
        yield from ((kind, name, block) for name, block in named.items())


def policies_by_id() -> dict[str, dict[str, Any]]:
    policies = [yaml.safe_load(text) for text in varied_policies().values()]
    return {policy["configuration_id"]: policy for policy in policies}


def test_what_can_carry_tags_carries_the_policys_and_nothing_else_has_any(
    configurations: Configurations,
) -> None:
    chosen = policies_by_id()
    for stack, configuration in configurations.items():
        if stack == ROLE_STACK:
            continue
        tags = chosen[stack.split("-")[2]].get("tags")
        for kind, name, block in resources(configuration):
            taggable = kind.startswith("aws_") and "tags" in resource_schema(kind).attributes
            own = {key for key in block.get("tags", {}) if key.startswith("QSConfigId-")}
            found = {k: v for k, v in block.get("tags", {}).items() if k not in own}
            assert (found or None) == (tags if taggable else None), f"{stack}: {kind}.{name}"
            assert block.get("tags", None) != {}, f"{stack}: {kind}.{name}"
            assert bool(own) == (kind == "aws_iam_role" and "LambdaRole" in block["name"])


def test_the_shared_role_has_a_tag_for_every_policy(configurations: Configurations) -> None:
    (role,) = configurations[ROLE_STACK]["resource"]["aws_iam_role"].values()
    ids = {*policies_by_id(), "z9y8x"}
    assert role["tags"] == {f"QSConfigId-{each}": each for each in ids}


def test_another_description_does_not_replace_a_policy_that_roles_bear(
    configurations: Configurations,
) -> None:
    """The provider forces a new policy for it, and IAM deletes none that is attached."""
    (policy,) = configurations[ROLE_STACK]["resource"]["aws_iam_policy"].values()
    assert policy["lifecycle"] == {"ignore_changes": ["description"]}


def test_a_plan_can_show_every_policy(configurations: Configurations) -> None:
    """A reference to a resource's attribute would hide the document behind `known after apply`."""
    seen = 0
    for stack, configuration in configurations.items():
        for kind, name, block in resources(configuration):
            for argument in POLICY_ARGUMENTS:
                if argument in block:
                    found = set(re.findall(r"(?:data\.)?\baws_\w+\.\w+\.\w+", block[argument]))
                    assert found <= KNOWN_IN_A_PLAN, f"{stack}: {kind}.{name}"
                    seen += 1
    assert seen > 80


def test_names_of_resources_are_known_in_a_plan(configurations: Configurations) -> None:
    arguments = ("name", "bucket", "function_name", "association_name")
    for stack, configuration in configurations.items():
        for kind, name, block in resources(configuration):
            if kind in ("aws_s3_bucket", "aws_iam_role", "aws_lambda_function", "aws_ssm_document"):
                texts = [block[argument] for argument in arguments if argument in block]
                assert texts
                found = set(re.findall(r"(?:data\.)?\baws_\w+\.\w+\.\w+", "".join(texts)))
                assert found <= KNOWN_IN_A_PLAN, f"{stack}: {kind}.{name}"


def test_every_file_that_a_configuration_names_is_there(
    configurations: Configurations, json_output: Path
) -> None:
    for stack, configuration in configurations.items():
        named = set(re.findall(r"\$\{path\.module\}/([\w./-]+)", json.dumps(configuration)))
        folder = json_output / "stacks" / stack
        listed = set(json.loads((folder / ".files.json").read_text(encoding="utf-8")))
        assert named == listed
        assert {path for path in named if not (folder / path).is_file()} == set()
