"""The roles of examples/hcp_roles: the documented permissions, with nothing for parliament."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from parliament import analyze_policy_string

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "examples" / "hcp_roles"
SECTIONS = {"plan": "To plan", "deploy": "To deploy and to destroy"}
ACCOUNT = "111122223333"
# What is accepted: a finding, the statement, and why.
ACCEPTED = {
    ("RESOURCE_POLICY_PRIVILEGE_ESCALATION", "Buckets"): "a deploy writes the policies of these"
    " two buckets, which is what they are for",
    ("RESOURCE_STAR", "ReadWhatIsDeployed"): "it reads; most of these actions know no resource",
}


def policy(name: str) -> dict[str, Any]:
    content: dict[str, Any] = json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8"))
    return content


@pytest.mark.parametrize("name", SECTIONS)
def test_each_policy_is_the_documented_one(name: str) -> None:
    page = (ROOT / "docs" / "permissions.md").read_text(encoding="utf-8")
    section = page.partition(f"## {SECTIONS[name]}\n")[2]
    block = re.search(r"```json\n(.*?)```", section, re.DOTALL)
    assert block
    assert policy(name) == json.loads(block[1])


def test_every_finding_is_accepted_and_every_exception_is_needed() -> None:
    found = set()
    for name in SECTIONS:
        for statement in policy(name)["Statement"]:
            one = {"Version": "2012-10-17", "Statement": [statement]}
            text = json.dumps(one).replace("<account>", ACCOUNT)
            findings = analyze_policy_string(text).findings  # type: ignore[no-untyped-call] # no types
            found |= {(each.issue, statement["Sid"]) for each in findings}
    assert found == ACCEPTED.keys()


def test_the_plan_role_changes_nothing() -> None:
    actions = [
        action.partition(":")[2]
        for statement in policy("plan")["Statement"]
        for action in statement["Action"]
    ]
    assert actions
    assert [each for each in actions if not each.startswith(("Get", "List", "Describe"))] == []


def test_both_policies_fit_into_a_role() -> None:
    """Inline policies of a role have 10,240 characters, white space aside (IAM quotas)."""
    sizes = [len(json.dumps(policy(name), separators=(",", ":"))) for name in SECTIONS]
    assert sum(sizes) < 10_240
