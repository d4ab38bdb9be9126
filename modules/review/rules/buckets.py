"""Buckets: what is in them, and what protects it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from modules.quick_setup.names import BUCKET_PREFIX
from modules.review.facts import Facts
from modules.review.plan import Action, ResourceChange
from modules.review.report import Finding, Severity
from modules.review.rules.findings import resource_finding
from modules.review.values import shown

_BUCKET = "aws_s3_bucket"
_PUBLIC = "aws_s3_bucket_public_access_block"
_BLOCKS = (
    "block_public_acls",
    "block_public_policy",
    "ignore_public_acls",
    "restrict_public_buckets",
)
_OWNERSHIP = "aws_s3_bucket_ownership_controls"
_PROTECTIONS: Mapping[str, str] = {
    "aws_s3_bucket_versioning": "versioning",
    "aws_s3_bucket_server_side_encryption_configuration": "encryption",
    _OWNERSHIP: "ownership by the bucket's owner",
    "aws_s3_bucket_logging": "the access log",
}
_ACL = "aws_s3_bucket_acl"
_LOGS = f"{BUCKET_PREFIX}access-log-"


def check(facts: Facts) -> Iterator[Finding]:
    """Findings about buckets."""
    going = set()
    for change in facts.plan.of_type(_BUCKET):
        if change.action in (Action.DELETE, Action.REPLACE):
            going.add(shown(change.before.get("bucket")))
            yield _content_lost(change)
    for change in facts.plan.of_type(_ACL):
        if change.is_change and str(change.after.get("acl")).startswith("public-"):
            yield resource_finding(
                "bucket-protection-weakened",
                Severity.CRITICAL,
                change,
                f"Everybody gets the bucket {shown(change.after.get('bucket'))}:"
                f" its ACL is {shown(change.after.get('acl'))}.",
            )
    for change in facts.plan.of_type(_PUBLIC, *_PROTECTIONS):
        if shown(change.before.get("bucket")) in going or change.action is Action.FORGET:
            continue
        if weakened := list(_weakened(change)):
            yield resource_finding(
                "bucket-protection-weakened",
                Severity.CRITICAL if change.type == _PUBLIC else Severity.WARNING,
                change,
                f"The bucket {shown(change.before.get('bucket'))} loses: {', '.join(weakened)}.",
            )


def _content_lost(change: ResourceChange) -> Finding:
    name = shown(change.before.get("bucket"))
    if change.before.get("force_destroy") is True:
        how = "with every object and version in it (force_destroy)"
    else:
        how = "which fails unless it is empty (no force_destroy)"
    again = "destroyed and made anew" if change.action is Action.REPLACE else "destroyed"
    detail = (
        "Nodes that scan or install meanwhile find no patch baselines, and fail."
        if name.startswith(BUCKET_PREFIX) and not name.startswith(_LOGS)
        else ""
    )
    return resource_finding(
        "bucket-content-lost",
        Severity.CRITICAL,
        change,
        f"The bucket {name} is {again}, {how}.",
        *([detail] if detail else []),
    )


def _weakened(change: ResourceChange) -> Iterator[str]:
    gone = change.action is Action.DELETE
    if change.type == _PUBLIC:
        yield from (
            name
            for name in _BLOCKS
            if change.before.get(name) is True and (gone or change.after.get(name) is not True)
        )
    elif gone:
        yield _PROTECTIONS[change.type]
    elif change.type == "aws_s3_bucket_versioning":
        before, after = _status(change.before), _status(change.after)
        if before == "Enabled" and after != "Enabled":
            yield f"versioning (now {after})"
    elif change.type == _OWNERSHIP:
        before, after = _ownership(change.before), _ownership(change.after)
        if before == "BucketOwnerEnforced" and after != before:
            yield f"{_PROTECTIONS[_OWNERSHIP]} (now {after})"


def _ownership(attributes: Mapping[str, Any]) -> str:
    try:
        return str(attributes["rule"][0]["object_ownership"])
    except (KeyError, IndexError, TypeError):
        return "not known"


def _status(attributes: Mapping[str, Any]) -> str:
    try:
        return str(attributes["versioning_configuration"][0]["status"])
    except (KeyError, IndexError, TypeError):
        return "not known"
