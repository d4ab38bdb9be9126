"""Who may do what: statements that come and go, and managed policies on roles."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from modules.review.facts import Facts
from modules.review.model.permissions import TRUST, PolicyChange
from modules.review.model.policy_difference import StatementChange
from modules.review.plan import Action, ResourceChange
from modules.review.report import Finding, Severity
from modules.review.rules.findings import physical_name, resource_finding
from modules.review.values import shown

_ATTACHMENTS = ("aws_iam_role_policy_attachment", "aws_iam_policy_attachment")
_NODE_POLICY = "AmazonSSMManagedInstanceCore"
_WIDE_POLICIES = ("AdministratorAccess", "PowerUserAccess", "IAMFullAccess", "FullAccess")


def check(facts: Facts) -> Iterator[Finding]:
    """Findings about permissions."""
    for change in facts.permissions:
        yield from _document(change)
    for attachment in facts.plan.of_type(*_ATTACHMENTS):
        yield from _attachment(attachment)


def _document(change: PolicyChange) -> Iterator[Finding]:
    what = f"{change.kind} of {physical_name(change.change) or change.change.address}"
    if change.hidden or change.unreadable:
        why = change.hidden or "not a policy document that can be read"
        yield resource_finding(
            "permissions-unknown",
            Severity.WARNING,
            change.change,
            f"The {what} cannot be reviewed: it is {why}.",
        )
        return
    wild = [each for each in change.statements if wide_marks(each)]
    if wild:
        yield _wildcard(change, what, wild)
    yield from _directions(change, what)


def _directions(change: PolicyChange, what: str) -> Iterator[Finding]:
    widened = [each for each in change.statements if each.widens]
    if change.is_new:
        yield _finding("permissions-granted", Severity.NOTICE, change, f"New {what}.")
        return
    if change.is_gone:
        taken = [each for each in change.statements if each.now.effect == "Deny"]
        severity = Severity.WARNING if taken else Severity.NOTICE
        yield _finding("permissions-removed", severity, change, f"The {what} is removed.")
        return
    trust = [each for each in widened if each.new_principals or change.kind == TRUST]
    if trust:
        yield _finding(
            "trust-widened", Severity.CRITICAL, change, f"The {what} lets more principals in."
        )
    if len(widened) > len(trust):
        yield _finding("permissions-widened", Severity.WARNING, change, f"The {what} allows more.")
    if any(each.narrows for each in change.statements):
        yield _finding("permissions-narrowed", Severity.NOTICE, change, f"The {what} allows less.")


def _wildcard(change: PolicyChange, what: str, wild: list[StatementChange]) -> Finding:
    marks = dict.fromkeys(mark for each in wild for mark in wide_marks(each))
    return resource_finding(
        "wildcard-granted",
        Severity.CRITICAL,
        change.change,
        f"The {what} covers {' and '.join(marks)}.",
        *(statement_line(each) for each in wild),
    )


def _finding(rule: str, severity: Severity, change: PolicyChange, message: str) -> Finding:
    # All of a new policy is new: its statements stand among the report's permissions.
    lines = () if change.is_new else tuple(statement_line(each) for each in change.statements)
    return resource_finding(rule, severity, change.change, message, *lines)


def statement_line(change: StatementChange) -> str:
    """A changed statement on one line, without the values that stay."""
    statement = change.now
    name = f" {statement.sid}" if statement.sid else ""
    return f"{statement.effect}{name}: {'; '.join(change.lines)}"


def wide_marks(change: StatementChange) -> tuple[str, ...]:
    """What a statement newly covers without a limit; an allowing one only."""
    after, before = change.after, change.before
    if after is None or after.effect != "Allow":
        return ()
    was_allowing = before is not None and before.effect == "Allow"
    marks = []
    if after.everything and not (was_allowing and before and before.everything):
        marks.append("every action")
    if after.everybody and not (was_allowing and before and before.everybody):
        marks.append("everybody, under no condition")
    return tuple(marks)


def _attachment(change: ResourceChange) -> Iterator[Finding]:
    if change.action in (Action.CREATE, Action.REPLACE, Action.UPDATE):
        yield attached(change, shown(change.after.get("policy_arn")))
    if change.action in (Action.DELETE, Action.REPLACE):
        yield detached(change, shown(change.before.get("policy_arn")))


def attached(change: ResourceChange, policy: str) -> Finding:
    """A managed policy comes to a role."""
    return resource_finding(
        "policy-attached",
        Severity.CRITICAL if policy.endswith(_WIDE_POLICIES) else Severity.NOTICE,
        change,
        f"{_policy(policy)} is attached to {_role(change.after)}.",
        policy,
    )


def detached(change: ResourceChange, policy: str) -> Finding:
    """A managed policy goes from a role."""
    of_nodes = policy.endswith(_NODE_POLICY)
    return resource_finding(
        "policy-detached",
        Severity.CRITICAL if of_nodes else Severity.WARNING,
        change,
        f"{_policy(policy)} is detached from {_role(change.before)}.",
        *(["Nodes of that role stop being managed nodes."] if of_nodes else []),
    )


def _policy(arn: str) -> str:
    """A policy's name, or what is shown in the place of its ARN."""
    return arn.rpartition("/")[2] if "/" in arn else f"A policy ({arn})"


def _role(attributes: Mapping[str, Any]) -> str:
    return shown(attributes.get("role") or attributes.get("name"))
