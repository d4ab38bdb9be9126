"""The fleet as a table of at most 100 columns, two lines a node."""

from __future__ import annotations

from collections.abc import Iterable

from rich.table import Table

from modules.demo.nodes import NodeView
from modules.quick_setup import names

# The policies that a patch policy is about, in a word each.
POLICIES = {
    "AmazonSSMManagedInstanceCore": "core",
    names.BASELINE_POLICY: "overrides",
}
TAG = names.role_tag_key("")


def fleet_table(views: Iterable[NodeView]) -> Table:
    """Role, policies, tags and compliance of each node."""
    table = Table(show_edge=False, pad_edge=False, header_style="bold", show_lines=False)
    for heading in (
        "Node\n  system",
        "Role\n  policies; tag",
        "Agent\n  name tag",
        "Patches",
    ):
        table.add_column(heading, overflow="fold")
    for view in views:
        table.add_row(_name(view), _role(view), _agent(view), _patches(view))
    return table


def _name(view: NodeView) -> str:
    system = view.node.operating_system.lower().replace("_", " ")
    kind = "hybrid, " if view.node.kind == "hybrid" else ""
    return f"{view.node.name}\n  [dim]{kind}{_SHORT.get(system, system)}[/]"


_SHORT = {"redhat enterprise linux": "red hat"}


def _role(view: NodeView) -> str:
    if view.role is None:
        return "none" if view.profile is None else f"none in profile {view.profile}"
    policies = ", ".join(POLICIES.get(each, each) for each in view.policies) or "no policy"
    tags = [key for key in view.role_tags if key.startswith(TAG)]
    return f"{view.role}\n  [dim]{policies}; {', '.join(tags) or 'no tag'}[/]"


def _agent(view: NodeView) -> str:
    return f"{_connection(view)}\n  [dim]{view.name_tag or 'no name tag'}[/]"


def _connection(view: NodeView) -> str:
    if view.node.state == "stopped":
        return "stopped"
    return {"Online": "[green]online[/]", "": "not managed"}.get(view.connection, "[red]lost[/]")


def _patches(view: NodeView) -> str:
    found = view.patches
    if found is None:
        return "unknown"
    failing = [
        f"{found[key]} {word}"
        for key, word in (
            ("MissingCount", "missing"),
            ("InstalledPendingRebootCount", "waiting for restart"),
            ("InstalledRejectedCount", "rejected"),
        )
        if found[key]
    ]
    verdict = "[red]not compliant[/]" if failing else "[green]compliant[/]"
    counts = ", ".join(failing) or f"{found['InstalledCount']} installed"
    return f"{verdict}\n  [dim]{counts}[/]"
