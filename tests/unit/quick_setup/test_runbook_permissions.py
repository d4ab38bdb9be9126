"""Each call that a runbook, the Lambda or AWS-EnableExplorer makes is allowed to its role."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from modules.policy.model import PatchPolicy
from modules.quick_setup import names
from modules.quick_setup.automation_permissions import automation_role
from modules.quick_setup.iam import RoleSpec
from modules.quick_setup.permissions import (
    baseline_function_role,
    explorer_role,
    remediation_role,
)
from tests.unit.quick_setup.runbook_sources import ROOT, document_keys, python_calls, steps
from tests.unit.quick_setup.sample import ACCOUNT, PLACE, VARIANTS, policy, role_allows

HERE = Path(__file__).parent
RUNBOOKS: dict[str, Any] = yaml.safe_load((HERE / "runbook_calls.yaml").read_text())
OTHERS: dict[str, Any] = yaml.safe_load((HERE / "other_calls.yaml").read_text())
FACTS = {
    "account": ACCOUNT,
    "region": PLACE.region,
    "iam": f"arn:aws:iam::{ACCOUNT}",
    "ec2": f"arn:aws:ec2:{PLACE.region}:{ACCOUNT}",
    "ssm": f"arn:aws:ssm:{PLACE.region}:{ACCOUNT}",
    "role": f"arn:aws:iam::{ACCOUNT}:role/a/path/WebServerRole",
    "default_role": f"arn:aws:iam::{ACCOUNT}:role/AmazonSSMRoleForInstancesQuickSetup",
    "automation_role": (
        f"arn:aws:iam::{ACCOUNT}:role/AWS-QuickSetup-AutomationRole-{PLACE.region}-a1b2c"
    ),
    "core_policy": "arn:aws:iam::aws:policy/AmazonSSMManagedInstanceCore",
    "baseline_policy": names.baseline_policy_arn(PLACE),
    "bucket": f"arn:aws:s3:::aws-quicksetup-patchpolicy-{ACCOUNT}-a1b2c",
    "log_group": (
        f"arn:aws:logs:{PLACE.region}:{ACCOUNT}:log-group:/aws/lambda/baseline-overrides-e748-a1b2c"
    ),
}
# A runbook that AWS wrote runs inside this step; its calls are not in our sources.
FOREIGN = {
    ("create_and_attach_iam_to_ec2_node", "attachDefaultProfile"): {
        "ec2.DescribeIamInstanceProfileAssociations",
        "iam.ListInstanceProfilesForRole",
        "ec2.AssociateIamInstanceProfile",
    }
}


def needs() -> Iterator[tuple[str, str, str, dict[str, Any]]]:
    for document, its_steps in RUNBOOKS.items():
        for step, calls in its_steps.items():
            for call, entries in calls.items():
                yield from ((document, step, call, entry) for entry in entries)


def allows(role: RoleSpec, entry: dict[str, Any]) -> bool:
    keys = {
        key: value.format(**FACTS) if isinstance(value, str) else value
        for key, value in entry.get("keys", {}).items()
    }
    return role_allows(role, entry["action"], entry.get("resource", "*").format(**FACTS), keys)


def role_of(document: str, chosen: PatchPolicy) -> RoleSpec:
    make = remediation_role if document == "remediation" else automation_role
    return make(chosen, PLACE)


@pytest.mark.parametrize("chosen", VARIANTS)
@pytest.mark.parametrize(
    ("document", "step", "entry"),
    [
        pytest.param(document, step, entry, id=f"{step}-{call}-{number}")
        for number, (document, step, call, entry) in enumerate(needs())
    ],
)
def test_a_runbooks_call_is_allowed_where_the_policy_wants_it_and_refused_elsewhere(
    document: str, step: str, entry: dict[str, Any], chosen: str
) -> None:
    wanted = chosen in entry.get("for", VARIANTS)
    assert allows(role_of(document, VARIANTS[chosen]), entry) == wanted, step


@pytest.mark.parametrize("document", document_keys())
def test_the_table_has_every_call_of_the_documents_and_no_other(document: str) -> None:
    listed = {
        step: set(calls) - FOREIGN.get((document, step), set())
        for step, calls in RUNBOOKS[document].items()
    }
    assert listed == steps(document)


def test_the_lambda_may_do_what_it_does() -> None:
    role = baseline_function_role(policy(), PLACE)
    refused = [
        entry for calls in OTHERS["lambda"].values() for entry in calls if not allows(role, entry)
    ]
    assert refused == []


def test_the_table_has_every_call_of_the_lambda() -> None:
    sources = sorted((ROOT / "lambda_src" / "baseline_overrides").glob("*.py"))
    listed = {call for call in OTHERS["lambda"] if not call.startswith("logs.")}
    assert listed == python_calls(sources)


def test_the_lambda_may_not_create_log_groups_nor_touch_other_objects() -> None:
    role = baseline_function_role(policy(), PLACE)
    for entry in (
        {"action": "logs:CreateLogGroup", "resource": "{log_group}"},
        {"action": "s3:PutObject", "resource": "{bucket}/another.json"},
        {"action": "s3:PutBucketPolicy", "resource": "{bucket}"},
        {"action": "s3:DeleteBucket", "resource": "{bucket}"},
    ):
        assert not allows(role, entry), entry


def test_aws_enable_explorer_may_do_what_it_does() -> None:
    role = explorer_role(policy(), PLACE)
    entries = [entry for calls in OTHERS["explorer"].values() for entry in calls]
    assert [entry for entry in entries if not allows(role, entry)] == []


@pytest.mark.parametrize("entry", OTHERS["per_node"], ids=lambda entry: entry["resource"])
def test_a_runbook_may_be_run_for_each_node(entry: dict[str, Any]) -> None:
    assert allows(automation_role(policy(), PLACE), entry)


@pytest.mark.parametrize("chosen", VARIANTS)
@pytest.mark.parametrize(
    "entry", OTHERS["refused"], ids=lambda entry: f"{entry['action']}-{entry.get('keys', '')}"
)
def test_the_automation_role_can_do_no_more(entry: dict[str, Any], chosen: str) -> None:
    assert not allows(automation_role(VARIANTS[chosen], PLACE), entry)
