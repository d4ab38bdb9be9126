"""IAM's decision: may this principal do this to that, under these policies.

Pure: policies and a request in, a decision out. Source: IAM User Guide, "Policy evaluation logic",
"Cross-account policy evaluation logic", "Permissions boundaries for IAM entities" and "AWS JSON
policy elements: Principal".
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from enum import IntEnum
from typing import Any

from modules.local_aws.policy_conditions import as_tuple, conditions_hold
from modules.local_aws.policy_matching import Context, matches

Policy = Mapping[str, Any]

ADMINISTRATOR: Policy = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}],
}


@dataclass(frozen=True, kw_only=True)
class Caller:
    """Who asks, as a Principal element may name it: the first of the ARNs is its very own.

    All empty: an anonymous caller.
    """

    arns: tuple[str, ...] = ()
    account: str | None = None
    service: str | None = None


@dataclass(frozen=True, kw_only=True)
class Request:
    """One action on one resource, with the condition keys that the call has (lower case)."""

    caller: Caller
    action: str
    resource: str
    context: Context = field(default_factory=dict)


class Verdict(IntEnum):
    """What a policy says of a request, the stronger one first."""

    DENY = 0
    ALLOW = 1
    DELEGATE = 2  # allowed to the caller's account: its own policies have to allow it too
    NOTHING = 3


def is_allowed(
    request: Request,
    *,
    identity_policies: Iterable[Policy],
    boundary: Policy | None = None,
    resource_policy: Policy | None = None,
    same_account: bool = True,
) -> bool:
    """Whether the request is allowed.

    Within an account either side may allow it; between accounts both have to. A deny wins always.
    What a boundary does not allow, only the account's own resource can, and not by the role's ARN.
    """
    identity = _strongest(evaluate(policy, request) for policy in identity_policies)
    resource = evaluate(resource_policy, request) if resource_policy else Verdict.NOTHING
    bounded = evaluate(boundary, request) if boundary is not None else Verdict.ALLOW
    if Verdict.DENY in (identity, resource, bounded):
        return False
    if bounded is not Verdict.ALLOW:
        itself = replace(request, caller=replace(request.caller, arns=request.caller.arns[:1]))
        granted = evaluate(resource_policy, itself) if resource_policy else Verdict.NOTHING
        return same_account and granted is Verdict.ALLOW
    if same_account:
        return Verdict.ALLOW in (identity, resource)
    return identity is Verdict.ALLOW and resource is not Verdict.NOTHING


def evaluate(policy: Policy, request: Request) -> Verdict:
    """What one policy says: an identity policy, a resource policy or a role's trust policy."""
    statements = policy.get("Statement", [])
    variables = policy.get("Version") == "2012-10-17"
    return _strongest(
        _statement_verdict(statement, request, variables=variables)
        for statement in ([statements] if isinstance(statements, Mapping) else statements)
    )


def _strongest(verdicts: Iterable[Verdict]) -> Verdict:
    return min(verdicts, default=Verdict.NOTHING)


def _statement_verdict(statement: Policy, request: Request, *, variables: bool) -> Verdict:
    context = request.context if variables else None
    if not (
        _element_applies(statement, "Action", request.action, None, ignore_case=True)
        and _element_applies(statement, "Resource", request.resource, context)
        and conditions_hold(statement.get("Condition", {}), request.context, variables=variables)
    ):
        return Verdict.NOTHING
    granted = _principal_verdict(statement, request.caller)
    if granted is Verdict.NOTHING:
        return Verdict.NOTHING
    return Verdict.DENY if statement["Effect"] == "Deny" else granted


def _element_applies(
    statement: Policy,
    element: str,
    value: str,
    context: Context | None,
    *,
    ignore_case: bool = False,
) -> bool:
    """Whether an element (or its Not form) covers a value; a trust policy has no Resource."""
    negated = element not in statement
    patterns = statement.get(f"Not{element}" if negated else element)
    if patterns is None:
        return True
    found = any(matches(p, value, context, ignore_case=ignore_case) for p in as_tuple(patterns))
    return found is not negated


def _principal_verdict(statement: Policy, caller: Caller) -> Verdict:
    """Whether a statement is about the caller; an identity policy, which names none, always is."""
    if "NotPrincipal" in statement:
        named = _named(statement["NotPrincipal"], caller)
        return Verdict.ALLOW if named is Verdict.NOTHING else Verdict.NOTHING
    if "Principal" not in statement:
        return Verdict.ALLOW
    return _named(statement["Principal"], caller)


def _named(principal: str | Mapping[str, object], caller: Caller) -> Verdict:
    """Whether a Principal element names the caller itself (ALLOW) or its account (DELEGATE)."""
    if isinstance(principal, str):  # "*": nothing else may stand alone
        return Verdict.ALLOW
    names = as_tuple(principal.get("AWS", ()))
    if "*" in names or not set(caller.arns).isdisjoint(names):
        return Verdict.ALLOW
    if caller.service is not None and caller.service in as_tuple(principal.get("Service", ())):
        return Verdict.ALLOW
    in_account = {caller.account, f"arn:aws:iam::{caller.account}:root"}
    return Verdict.NOTHING if in_account.isdisjoint(names) else Verdict.DELEGATE
