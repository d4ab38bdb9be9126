"""Our roles beside Quick Setup's own: what they may do beyond them stands in docs/differences.md.

A permission is ours alone where no statement of Quick Setup's role has the action, covers the
resource, and asks for no more than ours does.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest
import yaml

from modules.local_aws.policy_conditions import as_tuple
from modules.local_aws.policy_matching import matches
from modules.policy.model import PatchPolicy
from modules.quick_setup import names
from modules.quick_setup.automation_permissions import automation_role
from modules.quick_setup.iam import RoleSpec, policy_document
from modules.quick_setup.permissions import (
    baseline_function_role,
    explorer_role,
    remediation_role,
)
from tests.unit.quick_setup.sample import ACCOUNT, PLACE, VARIANTS, statements

HERE = Path(__file__).parent
ROLES: dict[str, list[dict[str, Any]]] = yaml.safe_load(
    (HERE / "quick_setup_roles.yaml").read_text()
)
PAGE = (HERE.parents[2] / "docs" / "differences.md").read_text(encoding="utf-8")


class Permission(NamedTuple):
    """An action of a role on something; `on` is the ARN from the resource's type on."""

    role: str
    action: str
    on: str


def our_roles(chosen: PatchPolicy) -> dict[str, RoleSpec]:
    makers = (automation_role, explorer_role, remediation_role, baseline_function_role)
    return dict(zip(ROLES, (make(chosen, PLACE) for make in makers), strict=True))


def quick_setups(role: str, chosen: PatchPolicy) -> list[dict[str, Any]]:
    attaches = chosen.instance_roles.attach_policies_to_existing
    facts = {
        "partition": "aws",
        "account": ACCOUNT,
        "region": PLACE.region,
        "id": chosen.configuration_id,
        "hash": names.baseline_function(chosen.configuration_id).split("-")[2],
        "attachable": "*" if attaches else names.role_arn(PLACE, names.DEFAULT_ROLE),
    }

    def filled(value: Any) -> Any:
        match value:
            case dict():
                return {key: filled(member) for key, member in value.items()}
            case list():
                return [filled(item) for item in value]
        return value.format(**facts)

    return [filled(statement) for statement in ROLES[role]]


def covers(theirs: dict[str, Any], action: str, resource: str, conditions: dict[str, Any]) -> bool:
    """Whether one statement of Quick Setup's allows all that one of ours does."""
    if theirs.get("Effect", "Allow") != "Allow" or action not in as_tuple(theirs["Action"]):
        return False
    if not any(matches(pattern, resource, None) for pattern in as_tuple(theirs["Resource"])):
        return False
    return all(
        implied(wanted, operator, key, conditions)
        for operator, keys in theirs.get("Condition", {}).items()
        for key, wanted in keys.items()
    )


def implied(wanted: Any, operator: str, key: str, conditions: dict[str, Any]) -> bool:
    """Whether ours demand as much: the same operator, or Like without a wildcard."""
    names_of_ours = {operator, operator.replace("Equals", "Like")}
    for name in names_of_ours & conditions.keys():
        given = as_tuple(conditions[name].get(key, ()))
        exact = name == operator or not any("*" in value for value in given)
        if given and exact and set(given) <= set(as_tuple(wanted)):
            return True
    return False


def beyond(chosen: PatchPolicy) -> Iterator[Permission]:
    """Every permission of ours that Quick Setup's role lacks."""
    for name, role in our_roles(chosen).items():
        theirs = quick_setups(name, chosen)
        for statement in statements(role):
            if statement.effect != "Allow":
                continue
            document: dict[str, Any] = policy_document([statement])
            conditions = document["Statement"][0].get("Condition", {})
            for action in statement.actions:
                for resource in statement.resources:
                    if not any(covers(each, action, resource, conditions) for each in theirs):
                        on = resource.split(":")[-1].replace("web-fleet", "<group>")
                        yield Permission(name, action, on)


def table(heading: str) -> list[list[str]]:
    """The rows of the table below a heading of the page, without marks of code."""
    section = PAGE.split(f"## {heading}\n", 1)[1].split("\n## ", 1)[0]
    rows = [line for line in section.splitlines() if line.startswith("|")][2:]
    return [[cell.strip() for cell in row.strip("|").split(" | ")] for row in rows]


def explained() -> dict[Permission, str]:
    found = {}
    for role, action, on, why in table("Permissions that Quick Setup's roles lack"):
        permission = Permission(role.strip("`"), action.strip("`"), on.strip("`"))
        assert permission not in found, permission
        found[permission] = why
    return found


def test_every_permission_beyond_quick_setups_role_is_explained_and_no_other_is() -> None:
    found = {each for chosen in VARIANTS.values() for each in beyond(chosen)}
    assert found == explained().keys()
    assert [why for why in explained().values() if len(why.split()) < 5] == []


@pytest.mark.parametrize("chosen", VARIANTS.values(), ids=VARIANTS)
def test_what_quick_setup_denies_is_denied(chosen: PatchPolicy) -> None:
    for name, role in our_roles(chosen).items():
        theirs = [each for each in quick_setups(name, chosen) if each.get("Effect") == "Deny"]
        ours = [each for each in statements(role) if each.effect == "Deny"]
        for their in theirs:
            assert any(
                set(as_tuple(their["Action"])) <= set(our.actions)
                and their["Resource"] in our.resources
                and not our.conditions
                for our in ours
            )


def actions_lacking() -> set[tuple[str, str]]:
    """Actions of Quick Setup's roles that no policy gives ours."""
    ours = {
        (name, action)
        for chosen in VARIANTS.values()
        for name, role in our_roles(chosen).items()
        for statement in statements(role)
        for action in statement.actions
    }
    theirs = {
        (name, action)
        for name, each in ROLES.items()
        for statement in each
        for action in as_tuple(statement["Action"])
    }
    return theirs - ours


def test_the_rights_that_our_roles_do_without_are_listed() -> None:
    listed = {
        (role.strip("`"), action)
        for role, actions, _ in table("Permissions that our roles do without")
        for action in re.findall(r"`([^`]+)`", actions)
    }
    assert listed == actions_lacking()


def test_a_right_too_many_is_noticed() -> None:
    own_name_tag = {"ForAllValues:StringEquals": {"aws:TagKeys": "QSConfigName-a1b2c"}}
    their = {"Action": "ec2:CreateTags", "Resource": "*", "Condition": own_name_tag}
    instance = "arn:aws:ec2:ap-northeast-1:123456789012:instance/*"
    assert covers(their, "ec2:CreateTags", instance, own_name_tag)
    assert not covers(their, "ec2:CreateTags", instance, {})
    assert not covers(their, "ec2:DeleteTags", instance, own_name_tag)
    wider = {"ForAllValues:StringLike": {"aws:TagKeys": "QSConfigName-*"}}
    assert not covers(their, "ec2:CreateTags", instance, wider)
    narrow = {**their, "Resource": "arn:aws:ec2:eu-west-1:123456789012:instance/*"}
    assert not covers(narrow, "ec2:CreateTags", instance, own_name_tag)
