"""Who may do what: statements that come and go, and managed policies on roles."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from modules.review.facts import Facts
from modules.review.model.permissions import TRUST, PolicyChange
from modules.review.model.policy_difference import StatementChange
from modules.review.plan import Action, ResourceChange
from modules.review.report import Finding, Severity
from modules.review.rules.findings import physical_name, resource_finding
from modules.review.values import shown

_ATTACHMENTS = (
    "aws_iam_role_policy_attachment",
    "aws_iam_user_policy_attachment",
    "aws_iam_group_policy_attachment",
)
_OF_MANY = "aws_iam_policy_attachment"
# These take every policy away that they do not list.
_EXCLUSIVE: Mapping[str, str] = {
    "aws_iam_role_policy_attachments_exclusive": "policy_arns",
    "aws_iam_role_policies_exclusive": "policy_names",
}
_HOLDERS = {"roles": "role", "users": "user", "groups": "group"}
_NODE_POLICY = "AmazonSSMManagedInstanceCore"
_WIDE_POLICIES = ("AdministratorAccess", "PowerUserAccess", "IAMFullAccess", "FullAccess")


def check(facts: Facts) -> Iterator[Finding]:
    """Findings about permissions."""
    for change in facts.permissions:
        yield from _document(change)
    for attachment in facts.plan.of_type(*_ATTACHMENTS):
        yield from _attachment(attachment)
    for attachment in facts.plan.of_type(_OF_MANY):
        for one in _of_each(attachment):
            yield from _attachment(one)
    for owner in facts.plan.of_type(*_EXCLUSIVE):
        if owner.action in (Action.CREATE, Action.UPDATE, Action.REPLACE):
            yield _exclusive(owner)


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
    old = before.everything if was_allowing and before else frozenset[str]()
    if change.widens and after.everything - old and "*" not in old:
        marks.append("every action")
    if after.everybody and not (was_allowing and before and before.everybody):
        marks.append("everybody, under no condition")
    return tuple(marks)


def _attachment(change: ResourceChange) -> Iterator[Finding]:
    if change.action in (Action.CREATE, Action.REPLACE, Action.UPDATE):
        yield attached(change, shown(change.after.get("policy_arn")))
    if change.action in (Action.DELETE, Action.REPLACE):
        yield detached(change, shown(change.before.get("policy_arn")))


def _exclusive(change: ResourceChange) -> Finding:
    after = change.after.get(_EXCLUSIVE[change.type])
    listed = ", ".join(map(shown, after)) if isinstance(after, list) else shown(after)
    return resource_finding(
        "policy-detached",
        Severity.WARNING,
        change,
        f"The role {shown(change.after.get('role_name'))} keeps no policy but: {listed or 'none'}.",
        "What else has it, runbooks of a patch policy among them, is taken away at the apply.",
    )


def _of_each(change: ResourceChange) -> Iterator[ResourceChange]:
    """An attachment to many roles, users and groups, as one for each that comes or goes."""
    before, after = _holders(change.before), _holders(change.after)
    for holder in sorted(before | after):
        sides = [dict([holder]) if holder in each else {} for each in (before, after)]
        if sides[0] != sides[1]:
            policies = [
                {**side, "policy_arn": given.get("policy_arn")} if side else {}
                for side, given in zip(sides, (change.before, change.after), strict=True)
            ]
            action = Action.DELETE if sides[0] else Action.CREATE
            yield replace(change, action=action, before=policies[0], after=policies[1])


def _holders(attributes: Mapping[str, Any]) -> set[tuple[str, str]]:
    """Each holder's kind and name, with the policy; one that is hidden is shown as such."""
    found = set()
    for many, one in _HOLDERS.items():
        values = attributes.get(many) or []
        listed = values if isinstance(values, list) else [values]
        found |= {(one, shown(each)) for each in listed}
    return found


def attached(change: ResourceChange, policy: str) -> Finding:
    """A managed policy comes to a role."""
    return resource_finding(
        "policy-attached",
        Severity.CRITICAL if policy.endswith(_WIDE_POLICIES) else Severity.NOTICE,
        change,
        f"{_policy(policy)} is attached to {_whom(change.after)}.",
        policy,
    )


def detached(change: ResourceChange, policy: str) -> Finding:
    """A managed policy goes from a role."""
    of_nodes = policy.endswith(_NODE_POLICY)
    return resource_finding(
        "policy-detached",
        Severity.CRITICAL if of_nodes else Severity.WARNING,
        change,
        f"{_policy(policy)} is detached from {_whom(change.before)}.",
        *(["Nodes of that role stop being managed nodes."] if of_nodes else []),
    )


def _policy(arn: str) -> str:
    """A policy's name, or what is shown in the place of its ARN."""
    return arn.rpartition("/")[2] if "/" in arn else f"A policy ({arn})"


def _whom(attributes: Mapping[str, Any]) -> str:
    for key in ("role", "user", "group", "name"):
        if attributes.get(key):
            return shown(attributes[key])
    return "nobody"
