"""Every policy document of the plan: who may do what, before and after."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from modules.review.model.pairs import Pair, pairs
from modules.review.model.policy_difference import StatementChange, differences
from modules.review.model.policy_document import Statement, statements
from modules.review.plan import Action, Plan, ResourceChange
from modules.review.values import UNKNOWN, Hidden, is_hidden, shown

ROLE = "aws_iam_role"
TRUST = "trust policy"
# The attribute that holds a policy document, and what the document is to a reader.
_DOCUMENTS: Mapping[str, tuple[str, str]] = {
    ROLE: ("assume_role_policy", TRUST),
    "aws_iam_role_policy": ("policy", "role policy"),
    "aws_iam_policy": ("policy", "managed policy"),
    "aws_iam_user_policy": ("policy", "user policy"),
    "aws_iam_group_policy": ("policy", "group policy"),
    "aws_s3_bucket_policy": ("policy", "bucket policy"),
    "aws_kms_key": ("policy", "key policy"),
    "aws_kms_key_policy": ("policy", "key policy"),
    "aws_sns_topic_policy": ("policy", "topic policy"),
    "aws_sqs_queue_policy": ("policy", "queue policy"),
}
_NAMES = ("name", "role", "bucket", "key_id")


@dataclass(frozen=True, kw_only=True)
class PolicyChange:
    """A policy document that changes; `hidden` is why it cannot be compared, if so."""

    change: ResourceChange
    kind: str
    is_new: bool
    is_gone: bool
    statements: tuple[StatementChange, ...] = ()
    hidden: Hidden | None = None
    unreadable: bool = False


def policy_changes(plan: Plan) -> Iterator[PolicyChange]:
    """The documents of which a statement comes, goes or changes; unknown ones as well."""
    for type_, (attribute, kind) in _DOCUMENTS.items():
        for pair in pairs(plan, (type_,), _identity):
            if change := _compared(pair, attribute, kind):
                yield change
    yield from _inline_policies(plan)
    yield from _function_permissions(plan)


def _identity(attributes: Mapping[str, Any], change: ResourceChange) -> tuple[str, ...] | None:
    values = [attributes[name] for name in _NAMES if isinstance(attributes.get(name), str)]
    return (change.type, *values) if values else None


def _compared(pair: Pair, attribute: str, kind: str) -> PolicyChange | None:
    before, after = pair.before.get(attribute), pair.after.get(attribute)
    if before == after or pair.change.action is Action.FORGET:
        return None
    change = PolicyChange(
        change=pair.change, kind=kind, is_new=not pair.before, is_gone=not pair.after
    )
    for side in (after, before):
        if is_hidden(side):
            return replace(change, hidden=side)
    old, new = statements(before), statements(after)
    if old is None or new is None:
        return replace(change, unreadable=True)
    found = differences(old, new)
    return replace(change, statements=found) if found else None


def _inline_policies(plan: Plan) -> Iterator[PolicyChange]:
    """Policies that stand inside of a role; the provider computes them where it is not asked to."""
    for change in plan.of_type(ROLE):
        before, after = change.before.get("inline_policy"), change.after.get("inline_policy")
        computed = after == UNKNOWN and "inline_policy" not in (change.arguments or ())
        if before == after or computed or change.action is Action.DELETE:
            continue
        old, new = _by_name(before), _by_name(after)
        for name in sorted({*old, *new}):
            pair = Pair(
                change=change,
                before={"policy": old[name]} if name in old else {},
                after={"policy": new[name]} if name in new else {},
                before_address=change.address,
                is_new=False,
            )
            if found := _compared(pair, "policy", f"inline policy {name}"):
                yield found


def _by_name(blocks: Any) -> dict[str, Any]:
    """Policies by their names; blocks that are not known stand for one without a name."""
    if is_hidden(blocks):
        return {"": blocks}
    return {
        shown(block.get("name")): block.get("policy")
        for block in (blocks if isinstance(blocks, list) else ())
        if isinstance(block, Mapping) and (block.get("name") or block.get("policy"))
    }


def _function_permissions(plan: Plan) -> Iterator[PolicyChange]:
    """A statement of a function's own policy, which Terraform writes as a resource."""
    for pair in pairs(plan, ("aws_lambda_permission",), _statement_id):
        before, after = _permission(pair.before), _permission(pair.after)
        found = differences([before] if before else [], [after] if after else [])
        if found:
            yield PolicyChange(
                change=pair.change,
                kind="function policy",
                is_new=not pair.before,
                is_gone=not pair.after,
                statements=found,
            )


def _statement_id(attributes: Mapping[str, Any], change: ResourceChange) -> str | None:
    statement_id = attributes.get("statement_id")
    return f"{change.type} {statement_id}" if isinstance(statement_id, str) else None


def _permission(attributes: Mapping[str, Any]) -> Statement | None:
    if not attributes:
        return None
    conditions = {
        f"{key} = {attributes[key]}"
        for key in ("source_account", "source_arn", "principal_org_id")
        if attributes.get(key)
    }
    elements = {
        "Principal": frozenset({str(attributes.get("principal"))}),
        "Action": frozenset({str(attributes.get("action"))}),
        "Resource": frozenset({str(attributes.get("function_name"))}),
    }
    if conditions:
        elements["Condition"] = frozenset(conditions)
    return Statement(
        sid=str(attributes.get("statement_id") or ""), effect="Allow", elements=elements
    )
