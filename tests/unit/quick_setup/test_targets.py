"""A policy's targets, as each kind of document takes them."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modules.policy.model import AllNodes, InstanceIds, ResourceGroup, TagTarget, Targets
from modules.quick_setup.targets import (
    RemediationTarget,
    automation_target,
    command_target,
    remediation_target,
)

IDS = ("i-0123456789abcdef0", "mi-0123456789abcdef0")
FORMS: list[tuple[Targets, dict[str, list[str]], dict[str, list[str]]]] = [
    (TagTarget(key="Env", value="prod"), {"tag:Env": ["prod"]}, {"tag:Env": ["prod"]}),
    (TagTarget(key="Env"), {"tag-key": ["Env"]}, {"tag-key": ["Env"]}),
    (AllNodes(), {"InstanceIds": ["*"]}, {"InstanceIds": ["*"]}),
    (ResourceGroup("web"), {"resource-groups:Name": ["web"]}, {"ResourceGroup": ["web"]}),
    (InstanceIds(IDS), {"InstanceIds": [*IDS]}, {"ParameterValues": [*IDS]}),
]

# What IAM, EC2 and Systems Manager all allow in a tag.
tag_text = st.text(
    st.characters(categories=("L", "N", "Z"), include_characters="_.:/=+-@"), min_size=1
)
legal_targets: st.SearchStrategy[Targets] = st.one_of(
    st.just(AllNodes()),
    st.builds(TagTarget, key=tag_text, value=st.none() | tag_text),
    st.builds(ResourceGroup, st.from_regex(r"[A-Za-z0-9_.-]+", fullmatch=True)),
    st.builds(
        InstanceIds,
        st.lists(st.from_regex(r"m?i-[0-9a-f]{17}", fullmatch=True), min_size=1).map(tuple),
    ),
)


@pytest.mark.parametrize(("targets", "command", "automation"), FORMS)
def test_command_and_automation_documents_have_their_own_keys(
    targets: Targets, command: dict[str, list[str]], automation: dict[str, list[str]]
) -> None:
    for found, expected in (
        (command_target(targets), command),
        (automation_target(targets), automation),
    ):
        assert {found.key: list(found.values)} == expected


@given(legal_targets)
def test_the_remediation_gets_the_same_targets_back_from_its_parameters(targets: Targets) -> None:
    assert read_back(remediation_target(targets)) == targets


def read_back(target: RemediationTarget) -> Targets:
    """As the runbook reads its parameters."""
    values: dict[str, Any] = json.loads(target.values)
    match target.type:
        case "*":
            assert values == {"Key": "*"}
            return AllNodes()
        case "Tags":
            return TagTarget(key=values.pop("Key"), value=values.pop("Value", None))
        case "ResourceGroups":
            return ResourceGroup(values["Key"])
        case "InstanceIds":
            return InstanceIds(tuple(values["Key"].split(",")))
    raise AssertionError(target.type)
