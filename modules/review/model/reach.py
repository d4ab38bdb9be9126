"""The nodes of a fleet that an association reaches, in waves, and those that it leaves out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from math import ceil

from modules.quick_setup import names
from modules.review.fleet import Fleet, Node
from modules.review.model.association import TYPE, Association, Targets
from modules.review.model.baselines import BaselineSelection
from modules.review.model.permissions import ROLE
from modules.review.model.target_sets import Normal, normal
from modules.review.plan import Plan

# What AWS-RunPatchBaseline gives a node, where its parameter StepTimeoutSeconds does not say.
STEP_TIMEOUT_SECONDS = 10_800
_ATTACHING = ("AttachIAMToEc2Instance", "AttachIAMToHybridInstance")


@dataclass(frozen=True, kw_only=True)
class Waves:
    """How many nodes at a time, how often, and for how many hours at most (None: not known)."""

    concurrent: int
    waves: int
    hours_at_most: float | None


def targeted(association: Association, fleet: Fleet) -> tuple[Node, ...] | None:
    """The nodes that its targets fit; None where the targets are not known."""
    if not isinstance(association.targets, Targets):
        return None
    if not association.targets.by_key:
        return ()
    wanted = normal(association.targets)
    return tuple(
        node
        for node in fleet.nodes
        if _in_region(node, association) and all(_fits(node, key, wanted) for key in wanted)
    )


def _in_region(node: Node, association: Association) -> bool:
    return not (node.region and association.region) or node.region == association.region


def _fits(node: Node, key: str, wanted: Normal) -> bool:
    values = wanted[key]
    if key.startswith("tag:"):
        return node.tags.get(key[4:]) in values
    if key == "tag-key":
        return bool(values & node.tags.keys())
    if key == "ids":
        return node.id in values
    return key == "resource group" and bool(values & set(node.resource_groups))


def waves(association: Association, nodes: int) -> Waves | None:
    """In how many waves State Manager runs it; None where rate control is not known."""
    limit = association.max_concurrency
    if limit is not None and not isinstance(limit, str):
        return None
    concurrent = _concurrent(limit, nodes)
    if concurrent is None:
        return None
    rounds = ceil(nodes / concurrent)
    seconds = _timeout(association)
    return Waves(
        concurrent=min(concurrent, nodes),
        waves=rounds,
        hours_at_most=None if seconds is None else round(rounds * seconds / 3600, 1),
    )


def _concurrent(limit: str | None, nodes: int) -> int | None:
    if limit is None:
        return max(nodes, 1)
    if not limit.removesuffix("%").isdecimal():
        return None
    number = int(limit.removesuffix("%"))
    return max(ceil(nodes * number / 100) if limit.endswith("%") else number, 1)


def _timeout(association: Association) -> int | None:
    if not association.patches:
        return None
    given = association.parameter("StepTimeoutSeconds")
    if given is None:
        return STEP_TIMEOUT_SECONDS
    return int(given) if isinstance(given, str) and given.isdecimal() else None


def left_out(
    association: Association,
    nodes: tuple[Node, ...],
    fleet: Fleet,
    plan: Plan,
    selections: tuple[BaselineSelection, ...],
) -> Iterator[tuple[Node, str]]:
    """The targeted nodes that are not patched, and why."""
    tags = {**fleet.role_tags, **dict(_planned_role_tags(plan))}
    baselines = _baselines(association, selections)
    policy = association.policy
    until = ", which the attach runbook will set" if policy and _attaches(plan, policy) else ""
    for node in nodes:
        if why := _why(node, baselines):
            yield node, why
        elif why := _why_role(node, policy, tags):
            yield node, f"{why}{until if node.role else ''}"


def _why(node: Node, baselines: Mapping[str, str] | None) -> str | None:
    system = node.operating_system
    if not node.is_running:
        return "it is stopped"
    if not node.agent:
        return "SSM Agent does not run on it"
    if system and baselines is not None and system not in baselines:
        return f"the policy has no patch baseline for {system}"
    return None


def _why_role(
    node: Node, policy: str | None, role_tags: Mapping[str, Mapping[str, str]]
) -> str | None:
    if node.role is None:
        what = "role" if node.is_hybrid or node.profile else "instance profile"
        return f"it has no {what}, until the attach runbook gives it one"
    if not policy or node.role == names.DEFAULT_ROLE:
        return None
    key = names.role_tag_key(policy)
    if node.role not in role_tags:
        return f"nobody says that its role {node.role} has the tag {key}"
    return None if key in role_tags[node.role] else f"its role {node.role} lacks the tag {key}"


def _attaches(plan: Plan, policy: str) -> bool:
    """Whether the policy's attach runbooks complete the roles that nodes have already."""
    wanted = {names.association(purpose, policy) for purpose in _ATTACHING}
    given = (
        change.after.get("parameters")
        for change in plan.of_type(TYPE)
        if change.after.get("association_name") in wanted
    )
    return any(isinstance(g, Mapping) and g.get("IsPolicyAttachAllowed") == "true" for g in given)


def _planned_role_tags(plan: Plan) -> Iterator[tuple[str, Mapping[str, str]]]:
    for change in plan.of_type(ROLE):
        name, tags = change.after.get("name"), change.after.get("tags")
        if isinstance(name, str) and isinstance(tags, Mapping):
            yield name, tags


def _baselines(
    association: Association, selections: tuple[BaselineSelection, ...]
) -> Mapping[str, str] | None:
    """The baselines of the association's policy, where the plan has them."""
    for selection in selections:
        function = str(selection.change.after.get("function_name"))
        if association.policy and function.endswith(f"-{association.policy}"):
            return selection.after if isinstance(selection.after, Mapping) else None
    return None
