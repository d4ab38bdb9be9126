"""Phrases that every format for readers has in common."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Final
from zoneinfo import ZoneInfo

from modules.review.report import FleetAssociation, Report, Severity

SYMBOLS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "create": "+",
        "update": "~",
        "replace": "-/+",
        "delete": "-",
        "forget": ".",
        "no-op": " ",
    }
)
_VERBS = {
    "create": "created",
    "update": "updated",
    "replace": "replaced",
    "delete": "destroyed",
    "forget": "forgotten",
    "move": "moved",
    "import": "imported",
}
_SHOWN_POLICIES = 10
NOTHING_FOUND: Final = "Nothing to report."
NO_RUN: Final = "The apply itself starts no association."
_PLURALS = {Severity.CRITICAL: "critical", Severity.INFO: "info"}


def verdict(report: Report) -> str:
    """The number of findings of each severity."""
    counts = {severity: len(list(report.open_findings(severity))) for severity in Severity}
    parts = [
        f"{count} {_PLURALS.get(severity, severity + ('s' if count != 1 else ''))}"
        for severity, count in counts.items()
        if count
    ]
    allowed = sum(1 for each in report.findings if each.allowed is not None)
    return ", ".join([*parts, *([f"{allowed} allowed"] if allowed else [])]) or "no findings"


def policies(report: Report, show: Callable[[str], str] = str) -> str:
    """The configuration IDs of the plan's policies, as far as a line goes."""
    shown = ", ".join(show(each) for each in report.policies[:_SHOWN_POLICIES])
    more = len(report.policies) - _SHOWN_POLICIES
    return f"{shown} and {more} more" if more > 0 else shown or "no patch policy"


def totals(report: Report) -> str:
    """The number of resources by what the apply does with them."""
    counted = [f"{number} {_VERBS[action]}" for action, number in report.counts.items()]
    resources = f"Resources: {', '.join(counted)}." if counted else "No resource changes."
    return f"{resources} Outputs: {len(report.outputs)} changed." if report.outputs else resources


def reach(report: Report, address: str) -> str | None:
    """The nodes of the fleet that an association reaches, in words; None without a fleet."""
    for each in report.fleet or ():
        if each.address == address:
            return _reach(each)
    return None


def _reach(each: FleetAssociation) -> str:
    text = f"{each.nodes} node{'' if each.nodes == 1 else 's'} of the fleet"
    if each.nodes_before not in (None, each.nodes):
        text += f" (before: {each.nodes_before})"
    if each.waves is not None:
        text += (
            f", {each.concurrent} at a time in {each.waves} wave{'' if each.waves == 1 else 's'}"
        )
    if each.hours_at_most is not None:
        text += f", {each.hours_at_most:g} hours at most"
    if each.left_out:
        text += f"; {len(each.left_out)} left out"
    return text


def control_free(text: str) -> str:
    """Text whose control characters are written out: a plan's values may hold any."""
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)


def moment(time: datetime, zone: str) -> str:
    """A run's time in UTC and in the report's zone."""
    text = f"{time:%a %Y-%m-%d %H:%M} UTC"
    if zone == "UTC":
        return text
    return f"{text} = {time.astimezone(ZoneInfo(zone)):%a %H:%M} {zone}"
