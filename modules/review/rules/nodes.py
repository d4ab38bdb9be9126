"""Nodes themselves: the tags by which associations find them, and their roles."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from modules.review import words
from modules.review.facts import Facts
from modules.review.model.association import Targets
from modules.review.model.associations import AssociationChange
from modules.review.plan import Action, ResourceChange
from modules.review.report import Finding, Severity
from modules.review.rules.findings import resource_finding
from modules.review.values import shown

_INSTANCES = ("aws_instance", "aws_spot_instance_request")
_TAG = "aws_ec2_tag"
_GROUP = "aws_resourcegroups_group"
# What decides on the role of instances.
_ROLES: Mapping[str, str] = {
    "aws_iam_instance_profile": "role",
    **dict.fromkeys(_INSTANCES, "iam_instance_profile"),
}


def check(facts: Facts) -> Iterator[Finding]:
    """Findings about nodes that the plan itself has."""
    for change in facts.plan.of_type(*_INSTANCES, _TAG):
        if change.action in (Action.UPDATE, Action.REPLACE) or change.type == _TAG:
            yield from _tags(change, facts)
    for change in facts.plan.of_type(_GROUP):
        if change.action is Action.UPDATE:
            yield from _group(change, facts)
    for change in facts.plan.of_type(*_ROLES):
        yield from _role(change)


def _tags(change: ResourceChange, facts: Facts) -> Iterator[Finding]:
    before, after = (_tags_of(change.type, side) for side in (change.before, change.after))
    keys = sorted(key for key in {*before, *after} if before.get(key) != after.get(key))
    if not keys:
        return
    naming = [each for each in facts.associations if each.after and _names(each, keys)]
    installs = any(each.now.installs for each in naming)
    severity = Severity.WARNING if naming else Severity.NOTICE
    yield resource_finding(
        "node-tags-changed",
        Severity.CRITICAL if installs else severity,
        change,
        "The tags of a node change: "
        + "; ".join(f"{key}: {shown(before.get(key))} -> {shown(after.get(key))}" for key in keys)
        + ".",
        *(f"{each.now.name}: {words.what(each.now)}{words.on_whom(each.now)}." for each in naming),
        *([] if naming else ["Associations elsewhere may find their nodes by these tags."]),
    )


def _tags_of(type_: str, attributes: Mapping[str, Any]) -> Mapping[str, Any]:
    if type_ == _TAG:
        key = attributes.get("key")
        return {shown(key): attributes.get("value")} if attributes else {}
    tags = attributes.get("tags_all") or attributes.get("tags")
    return tags if isinstance(tags, Mapping) else {}


def _names(change: AssociationChange, keys: list[str]) -> bool:
    """Whether an association finds its nodes by one of these tags."""
    targets = change.now.targets
    if not isinstance(targets, Targets):
        return False
    by_value = {key.removeprefix("tag:") for key in targets.by_key if key.startswith("tag:")}
    return bool({*by_value, *targets.by_key.get("tag-key", ())} & set(keys))


def _group(change: ResourceChange, facts: Facts) -> Iterator[Finding]:
    """A resource group is whom associations run on."""
    old, new = change.before.get("resource_query"), change.after.get("resource_query")
    if old == new:
        return
    name = change.after.get("name")
    users = [each for each in facts.associations if each.after and _runs_on(each, name)]
    installs = any(each.now.installs for each in users)
    yield resource_finding(
        "targets-changed",
        Severity.CRITICAL if installs else Severity.WARNING,
        change,
        f"The resource group {shown(name)} finds its members in another way.",
        f"Before: {shown(old)}",
        f"After: {shown(new)}",
        *(f"{each.now.name}: {words.what(each.now)}{words.on_whom(each.now)}." for each in users),
    )


def _runs_on(change: AssociationChange, group: object) -> bool:
    targets = change.now.targets
    return isinstance(targets, Targets) and any(
        group in targets.by_key.get(key, ()) for key in ("resource-groups:Name", "ResourceGroup")
    )


def _role(change: ResourceChange) -> Iterator[Finding]:
    name = _ROLES[change.type]
    before, after = change.before.get(name), change.after.get(name)
    changes = change.action in (Action.UPDATE, Action.REPLACE)
    if not changes or before == after or not before or change.is_computed(name):
        return
    yield resource_finding(
        "node-role-changed",
        Severity.WARNING,
        change,
        f"Nodes get another role ({name.replace('_', ' ')}): {shown(before)} -> {shown(after)}.",
        "Without AmazonSSMManagedInstanceCore they stop being managed nodes; without the policy's"
        " tag they cannot read its patch baselines.",
    )
