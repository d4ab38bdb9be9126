"""What no single policy shows: policies of one account that do not go together."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from modules.policy.draft import Draft
from modules.policy.problems import Finding, Problem, quote

MOST_TAGS = 50
"""Tags on one IAM role (IAM User Guide, "IAM and AWS STS quotas")."""

RULE = "conflicting-policies"


def check_together(drafts: Sequence[Draft]) -> Iterator[Problem]:
    """All that is wrong between the policies of one app."""
    yield from _ids_are_unique([d for d in drafts if "configuration_id" not in d.unsound])
    yield from _role_tags_fit([d for d in drafts if not d.unsound & _ROLE_KEYS])


_ROLE_KEYS = {"configuration_id", "instance_roles", "tags"}


def _ids_are_unique(drafts: Sequence[Draft]) -> Iterator[Problem]:
    owners: dict[str, str] = {}
    for draft in drafts:
        own = draft.data["configuration_id"]
        if own in owners:
            message = f"found {quote(own)}, which {owners[own]} has too; expected an ID of its own"
            yield Finding(("configuration_id",), message, RULE).in_file(draft.file)
        else:
            owners[own] = draft.file


def _role_tags_fit(drafts: Sequence[Draft]) -> Iterator[Problem]:
    """The instance role carries a tag for every policy, and the tags of those that manage it."""
    policies = {draft.data["configuration_id"] for draft in drafts}
    managing = [d for d in drafts if _roles(d).get("manage_default_role", True)]
    others = {id_ for d in managing for id_ in _roles(d).get("other_configuration_ids", [])}
    others -= policies
    tags = {key for draft in managing for key in draft.data.get("tags", {})}
    total = len(policies) + len(others) + len(tags)
    if managing and total > MOST_TAGS:
        message = (
            f"found {total} tags on the instance role ({len(policies)} for policies, {len(others)}"
            f" for other configuration IDs, {len(tags)} of tags); expected at most {MOST_TAGS}"
        )
        yield Finding(("instance_roles",), message, RULE).in_file(managing[-1].file)


def _roles(draft: Draft) -> Mapping[str, Any]:
    roles: Mapping[str, Any] = draft.data.get("instance_roles", {})
    return roles
