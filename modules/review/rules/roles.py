"""Instance roles: the tags that let nodes read the patch baselines, and roles made anew."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from modules.quick_setup.names import role_tag_key
from modules.review.facts import Facts
from modules.review.model.permissions import ROLE
from modules.review.plan import Action, ResourceChange
from modules.review.report import Finding, Severity
from modules.review.rules.findings import resource_finding
from modules.review.rules.permissions import attached, detached
from modules.review.values import has_unknown, is_hidden, shown

_TAG_PREFIX = role_tag_key("")


def check(facts: Facts) -> Iterator[Finding]:
    """Findings about roles."""
    for change in facts.plan.of_type(ROLE):
        lost = lost_tags(change)
        if lost:
            yield resource_finding(
                "store-access-lost",
                Severity.CRITICAL,
                change,
                f"The role loses {', '.join(lost)}: the bucket's policy denies the patch baselines"
                " to its nodes, and patching fails there.",
            )
        elif perhaps := _perhaps_lost_tags(change):
            yield resource_finding(
                "store-access-lost",
                Severity.WARNING,
                change,
                f"The role may lose {', '.join(perhaps)}: its tags are not known until apply.",
                "Without it, the bucket's policy denies the patch baselines to its nodes.",
            )
        yield from _boundary(change)
        yield from _managed_policies(change)
        if change.action is Action.REPLACE:
            yield resource_finding(
                "role-replaced",
                Severity.WARNING,
                change,
                f"The role is made anew: {_why(change)}.",
                "What was attached or tagged outside of Terraform, by runbooks for example, is"
                " lost; policies that name the old role by its unique ID no longer fit.",
            )


def _boundary(change: ResourceChange) -> Iterator[Finding]:
    before, after = (side.get("permissions_boundary") for side in (change.before, change.after))
    if before and before != after and change.action in (Action.UPDATE, Action.REPLACE):
        yield resource_finding(
            "permissions-widened",
            Severity.WARNING,
            change,
            f"The role's permissions boundary changes: {shown(before)} -> {shown(after or None)}.",
        )


def _managed_policies(change: ResourceChange) -> Iterator[Finding]:
    """Policies that the role itself lists; the provider computes them where it does not."""
    before, after = (side.get("managed_policy_arns") for side in (change.before, change.after))
    if not isinstance(after, list) or change.action is Action.DELETE:
        return
    old = set(map(str, before)) if isinstance(before, list) else set[str]()
    for arn in sorted(set(map(str, after)) - old):
        yield attached(change, arn)
    for arn in sorted(old - set(map(str, after))):
        yield detached(change, arn)


def lost_tags(change: ResourceChange) -> list[str]:
    """The tags for reading overrides that a role has no longer after the apply."""
    if change.action not in (Action.UPDATE, Action.REPLACE):
        return []
    after = _tags_after(change)
    if is_hidden(after):
        return []
    return sorted(_tags_before(change) - _access_tags(after))


def _perhaps_lost_tags(change: ResourceChange) -> list[str]:
    """The tags of which the plan does not know whether they stay as they are."""
    if change.action not in (Action.UPDATE, Action.REPLACE):
        return []
    after, before = _tags_after(change), sorted(_tags_before(change))
    if is_hidden(after):
        return before
    return [key for key in before if has_unknown(after.get(key))]


def _tags_after(change: ResourceChange) -> Any:
    """All tags; where the role is made anew, all of them are computed, and its own count."""
    after = change.after.get("tags_all")
    return change.after.get("tags") if is_hidden(after) else after


def _tags_before(change: ResourceChange) -> set[str]:
    before = change.before
    return _access_tags(before.get("tags_all")) or _access_tags(before.get("tags"))


def _access_tags(tags: Any) -> set[str]:
    if not isinstance(tags, Mapping):
        return set()
    return {key for key, value in tags.items() if key.startswith(_TAG_PREFIX) and value is not None}


def _why(change: ResourceChange) -> str:
    return f"{', '.join(change.replace_paths)} changes" if change.replace_paths else "see the plan"
