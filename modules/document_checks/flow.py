"""The order of the steps: names, targets, steps that nothing leads to, loops without a way out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from modules.document_checks.document import Document, Step
from modules.document_checks.flow_graph import Edge, Graph
from modules.policy.problems import Finding, quote
from modules.quick_setup.documents.checks import missing_steps, repeated_names
from modules.quick_setup.documents.problems import Problem

# https://docs.aws.amazon.com/systems-manager/latest/userguide/automation-actions.html, onCancel
CANNOT_FOLLOW_A_CANCELLATION = frozenset(
    {
        "aws:approve",
        "aws:copyImage",
        "aws:createImage",
        "aws:createStack",
        "aws:createTags",
        "aws:pause",
        "aws:runInstances",
        "aws:sleep",
    }
)


def check_flow(document: Document) -> Iterator[Finding]:
    """All that is wrong with names and order.

    Where a name is wrong, the ways through the document are not what they are meant to be: what
    they seem to miss is not reported.
    """
    wrong_names = list(_names(document))
    yield from wrong_names
    if wrong_names:
        return
    for steps in _lists(document):
        endless = list(_endless(steps[0].graph, steps))
        yield from endless or _unreachable(steps[0].graph, steps)
        yield from _cancellations(steps)


def _names(document: Document) -> Iterator[Finding]:
    yield from map(finding, repeated_names(document.scopes))
    for scope in document.scopes:
        yield from map(finding, missing_steps(scope))


def finding(problem: Problem) -> Finding:
    """A problem of the form, as the policy's checks name it."""
    return Finding(tuple(problem.path), problem.message, problem.rule)


def _lists(document: Document) -> Sequence[list[Step]]:
    lists: dict[int, list[Step]] = {}
    for step in document.steps:
        lists.setdefault(id(step.graph), []).append(step)
    return list(lists.values())


def _unreachable(graph: Graph, steps: Sequence[Step]) -> Iterator[Finding]:
    """Of steps that follow each other and all are out of reach, the first one."""
    lost = [step for step in steps if step.index not in graph.reachable]
    told: set[int] = set()
    for step in lost:
        led_to = any(step.index in graph.reached_from(other.index) for other in lost)
        if led_to and not (step.index in graph.reached_from(step.index) and step.index not in told):
            continue
        told |= {step.index, *graph.reached_from(step.index)}
        message = f"found the step {quote(step.name)}, which no other step leads to"
        yield Finding(step.path, f"{message}; expected a way to it, or no such step", _UNREACHABLE)


_UNREACHABLE = "unreachable-step"


def _endless(graph: Graph, steps: Sequence[Step]) -> Iterator[Finding]:
    """Rings of steps that can be entered and not be left, but by failing."""
    told: set[int] = set()
    for step in steps:
        ring = graph.reached_from(step.index)
        if step.index in told or step.index not in graph.reachable or step.index not in ring:
            continue
        if ring & graph.ends or not all(step.index in graph.reached_from(each) for each in ring):
            continue
        told |= ring
        edge = _last_edge(graph, ring)
        names = ", ".join(each.name for each in steps if each.index in ring)
        message = f"found steps that go round for ever ({names}); expected a way out"
        yield Finding((*steps[edge.source].path, *edge.path), message, "endless-loop")


def _last_edge(graph: Graph, ring: frozenset[int]) -> Edge:
    """The edge that closes the ring: the one that leads furthest back."""
    inside = [edge for edge in graph.edges if edge.source in ring and edge.target in ring]
    return max(inside, key=lambda edge: (edge.source - edge.target, edge.path != ()))


def _cancellations(steps: Sequence[Step]) -> Iterator[Finding]:
    actions = {step.name: step.action for step in steps}
    for step in steps:
        _, colon, target = str(step.content.get("onCancel", "")).partition("step:")
        action = actions.get(target) if colon else None
        if action in CANNOT_FOLLOW_A_CANCELLATION:
            message = f"found {quote(target)}, an {action} step; expected another action, as this"
            path = (*step.path, "onCancel")
            yield Finding(path, f"{message} one cannot follow a cancellation", "cancel-target")
