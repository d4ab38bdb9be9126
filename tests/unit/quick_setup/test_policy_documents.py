"""Policies keep to AWS's sizes, wildcards have reasons, and no partition is taken for granted."""

from __future__ import annotations

import ast
import io
import json
import tokenize
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from modules.policy.model import PatchPolicy
from modules.quick_setup.automation_permissions import automation_role
from modules.quick_setup.buckets import access_log_bucket, baseline_bucket
from modules.quick_setup.iam import RoleSpec, Statement, policy_document
from modules.quick_setup.instance_role import baseline_access, default_role, instance_role
from modules.quick_setup.names import Place
from modules.quick_setup.permissions import (
    baseline_function_role,
    explorer_role,
    remediation_role,
)
from tests.unit.quick_setup.sample import ACCOUNT, policy, statements

MODULES = Path(__file__).resolve().parents[3] / "modules"
# IAM and AWS STS quotas; S3's limit of a bucket policy. IAM does not count white space.
ROLE_INLINE_POLICIES = 10_240
TRUST_POLICY = 2_048
MANAGED_POLICY = 6_144
BUCKET_POLICY = 20 * 1024

REGION = "ap-southeast-1-long0"  # as long as the policy's schema lets a region be
PLACE = Place(account=ACCOUNT, partition="aws-us-gov", region=REGION)
BIGGEST: PatchPolicy = policy(
    configuration_id="z" * 10,
    home_region=REGION,
    targets={"resource_group": "g" * 128},
    instance_roles={"attach_policies_to_existing": True},
    name_tag={"exclusive": True},
    sharing="organizational_units",
    organization={
        "id": "o-" + "a" * 32,
        "units": [f"ou-{'a' * 32}-{each:032d}" for each in range(50)],
    },
)
ROLES = [
    each(BIGGEST, PLACE)
    for each in (automation_role, explorer_role, remediation_role, baseline_function_role)
]


def length(given: Sequence[Statement]) -> int:
    return len(json.dumps(policy_document(given), separators=(",", ":")))


@pytest.mark.parametrize("role", ROLES, ids=lambda role: role.name)
def test_the_inline_policies_of_a_role_fit_its_quota_together(role: RoleSpec) -> None:
    assert sum(length(each.statements) for each in role.inline_policies) <= ROLE_INLINE_POLICIES
    assert length(role.trust) <= TRUST_POLICY


def test_the_other_policies_fit_their_quotas() -> None:
    spec = instance_role([BIGGEST])
    assert spec
    assert length(default_role(spec, PLACE).trust) <= TRUST_POLICY
    assert length(baseline_access(PLACE)) <= MANAGED_POLICY
    assert length(baseline_bucket(BIGGEST, PLACE).policy) <= BUCKET_POLICY
    assert length(access_log_bucket(BIGGEST, PLACE).policy) <= BUCKET_POLICY


@pytest.mark.parametrize("role", ROLES, ids=lambda role: role.name)
def test_a_statements_id_is_its_own_within_its_policy(role: RoleSpec) -> None:
    for inline in role.inline_policies:
        sids = [statement.sid for statement in inline.statements]
        assert len(set(sids)) == len(sids)


@pytest.mark.parametrize("role", ROLES, ids=lambda role: role.name)
def test_no_role_may_do_everything_of_a_service(role: RoleSpec) -> None:
    allowing = [each for each in statements(role) if each.effect == "Allow"]
    assert [each.sid for each in allowing if any("*" in action for action in each.actions)] == []


@pytest.mark.parametrize("role", ROLES, ids=lambda role: role.name)
def test_every_role_names_the_account_that_may_have_it_assumed(role: RoleSpec) -> None:
    """Against the confused deputy: aws:SourceAccount always, aws:SourceArn for Automation."""
    for statement in role.trust:
        assert statement.actions == ("sts:AssumeRole",)
        assert statement.principals in (
            {"Service": "ssm.amazonaws.com"},
            {"Service": "lambda.amazonaws.com"},
        )
        assert statement.conditions["StringEquals"] == {"aws:SourceAccount": ACCOUNT}
        if statement.principals == {"Service": "ssm.amazonaws.com"}:
            source = f"arn:aws-us-gov:ssm:{REGION}:{ACCOUNT}:automation-execution/*"
            assert statement.conditions["ArnLike"] == {"aws:SourceArn": source}


def modules_with_statements() -> list[Path]:
    paths = sorted((MODULES / "quick_setup").glob("*.py"))
    return [path for path in paths if "Statement(" in path.read_text(encoding="utf-8")]


def wildcards_without_reason(source: str) -> Iterator[int]:
    """Lines with a text that holds `*`, and no comment on it or within the two lines around it.

    Who a Deny is about needs no reason: everybody is what it is for.
    """
    tokens = tokenize.generate_tokens(io.StringIO(source).readline)
    reasons = {token.start[0] for token in tokens if token.type == tokenize.COMMENT}
    tree = ast.parse(source)
    exempt = {id(node) for part in _exempt(tree) for node in ast.walk(part)}
    for node in ast.walk(tree):
        if id(node) in exempt or not isinstance(node, ast.Constant):
            continue
        if isinstance(node.value, str) and "*" in node.value:
            near = range(node.lineno - 2, node.lineno + 3)
            if reasons.isdisjoint(near):
                yield node.lineno


def _exempt(tree: ast.Module) -> Iterator[ast.AST]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef) and ast.get_docstring(
            node
        ):
            yield node.body[0]
        if isinstance(node, ast.Call):
            arguments = {keyword.arg: keyword.value for keyword in node.keywords}
            effect = arguments.get("effect")
            if isinstance(effect, ast.Constant) and effect.value == "Deny":
                yield arguments.get("principals", effect)


@pytest.mark.parametrize("path", modules_with_statements(), ids=lambda path: path.stem)
def test_every_wildcard_has_its_reason_beside_it(path: Path) -> None:
    assert list(wildcards_without_reason(path.read_text(encoding="utf-8"))) == []


def test_a_wildcard_without_a_reason_is_noticed() -> None:
    source = (
        'x = Statement(\n    sid="X",\n    actions=("s3:GetObject",),\n    resources=("*",),\n)\n'
    )
    assert list(wildcards_without_reason(source)) == [4]
    assert list(wildcards_without_reason(source.replace('("*",),', '("*",),  # because'))) == []


def test_no_module_takes_the_partition_for_granted() -> None:
    """China, GovCloud and the sovereign cloud have their own. The embedded AWS is in `aws`."""
    sources = [*MODULES.rglob("*.py"), *MODULES.parent.glob("ssm_documents/**/*.py")]
    sources += MODULES.parent.glob("lambda_src/**/*.py")
    found = [
        path.relative_to(MODULES.parent).as_posix()
        for path in sources
        if "local_aws" not in path.parts and "arn:aws:" in path.read_text(encoding="utf-8")
    ]
    assert found == []
