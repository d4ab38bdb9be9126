"""What S3 refuses as a bucket policy (MalformedPolicy).

Source: IAM User Guide, "Grammar of the IAM JSON policy language"; S3 User Guide, "Bucket policies".
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping

from modules.local_aws.policy_conditions import UnknownOperatorError, as_tuple, split_operator

MAX_BYTES = 20 * 1024  # "Bucket policies are limited to 20 KB in size"
_ELEMENTS = frozenset(
    {
        "Sid",
        "Effect",
        "Principal",
        "NotPrincipal",
        "Action",
        "NotAction",
        "Resource",
        "NotResource",
        "Condition",
    }
)
_PRINCIPAL_TYPES = frozenset({"AWS", "Service", "Federated", "CanonicalUser"})
_AWS_PRINCIPAL = re.compile(r"\*|\d{12}|arn:[\w-]+:(iam|sts)::\d{12}:.+|AROA\w+|AIDA\w+")


def problem_of(text: str, bucket: str) -> str | None:
    """What is wrong with a bucket policy, in S3's words where they are known; None if nothing."""
    if len(text.encode()) > MAX_BYTES:
        return "Policy exceeds the maximum allowed document size."
    try:
        policy = json.loads(text)
    except ValueError:
        return "Policies must be valid JSON and the first byte must be '{'"
    if not isinstance(policy, dict) or set(policy) - {"Version", "Id", "Statement"}:
        return "Unknown field in the policy"
    if policy.get("Version", "2008-10-17") not in {"2008-10-17", "2012-10-17"}:
        return "The policy must contain a valid version string"
    statements = policy.get("Statement")
    listed = statements if isinstance(statements, list) else [statements]
    if not listed:
        return "Could not parse the policy: Statement is empty!"
    return next((p for p in (_statement_problem(s, bucket) for s in listed) if p), None)


def _statement_problem(statement: object, bucket: str) -> str | None:
    if not isinstance(statement, Mapping):
        return "Missing required field Statement"
    unknown = sorted(set(statement) - _ELEMENTS)
    if unknown:
        return f"Unknown field {unknown[0]}"
    if statement.get("Effect") not in {"Allow", "Deny"}:
        return f"Invalid effect: {statement.get('Effect')}"
    for element in ("Principal", "Action", "Resource"):
        if (element in statement) == (f"Not{element}" in statement):
            return f"Missing required field {element}"
    return (
        _principal_problem(statement.get("Principal", statement.get("NotPrincipal")))
        or _action_problem(as_tuple(statement.get("Action", statement.get("NotAction"))))
        or _resource_problem(
            as_tuple(statement.get("Resource", statement.get("NotResource"))), bucket
        )
        or _condition_problem(statement.get("Condition", {}))
    )


def _principal_problem(principal: object) -> str | None:
    if principal == "*":
        return None
    if not isinstance(principal, Mapping) or set(principal) - _PRINCIPAL_TYPES:
        return "Invalid principal in policy"
    if all(_AWS_PRINCIPAL.fullmatch(name) for name in as_tuple(principal.get("AWS", ()))):
        return None
    return "Invalid principal in policy"


def _action_problem(actions: tuple[str, ...]) -> str | None:
    valid = actions and all(a == "*" or a.lower().startswith("s3:") for a in actions)
    return None if valid else "Policy has invalid action"


def _resource_problem(resources: tuple[str, ...], bucket: str) -> str | None:
    """A bucket policy speaks of its own bucket only."""
    own = re.compile(rf"arn:[\w-]+:s3:::{re.escape(bucket)}(/.*)?", re.DOTALL)
    valid = resources and all(own.fullmatch(r) for r in resources)
    return None if valid else "Policy has invalid resource"


def _condition_problem(condition: object) -> str | None:
    if not isinstance(condition, Mapping):
        return "Conditions must be an object"
    for operator, keys in condition.items():
        try:
            split_operator(operator)
        except UnknownOperatorError:
            return f"Invalid Condition type : {operator}"
        if not isinstance(keys, Mapping) or not keys:
            return f"Conditions need a key: {operator}"
    return None
