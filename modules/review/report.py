"""The report: the one contract between the rules and every renderer.

Everything in it is text, a number or a time that may be shown; its JSON form is described by
`report.schema.json`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

VERSION = 1


class Severity(StrEnum):
    """How bad it would be to miss a finding; worst first."""

    CRITICAL = "critical"
    WARNING = "warning"
    NOTICE = "notice"
    INFO = "info"

    @property
    def rank(self) -> int:
        """0 for the worst."""
        return list(Severity).index(self)


@dataclass(frozen=True, kw_only=True)
class Finding:
    """One thing that a reviewer should know; `subject` is a resource's address.

    `name` is what the subject is called in AWS. `allowed` is the reason given for letting it pass.
    """

    rule: str
    severity: Severity
    subject: str
    message: str
    name: str = ""
    policy: str | None = None
    detail: tuple[str, ...] = ()
    allowed: str | None = None


@dataclass(frozen=True, kw_only=True)
class Schedule:
    """When an association runs: the expression, in words, and its next runs in UTC.

    `runs` is empty where there is no fixed time (a rate, none, unknown, refused).
    """

    expression: str | None
    words: str
    runs: tuple[datetime, ...] = ()


class RunsOnApply(StrEnum):
    """Whether the apply itself starts an association."""

    YES = "yes"
    MAYBE = "maybe"
    NO = "no"


@dataclass(frozen=True, kw_only=True)
class Association:
    """An association that the plan has: a sentence, and how it was before where it changes.

    `before` and `after` are its schedules; None where the association is not there.
    """

    address: str
    name: str
    policy: str | None
    purpose: str
    operation: str | None
    reboots: bool
    action: str
    sentence: str
    sentence_before: str | None
    before: Schedule | None
    after: Schedule | None
    runs_on_apply: RunsOnApply
    reasons: tuple[str, ...] = ()
    changes: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class CalendarEntry:
    """A patch run of the next four weeks; `when` is before, after, or both sides of the apply.

    `end` is when its last wave is over at the latest, where a fleet is there to count.
    """

    address: str
    name: str
    policy: str | None
    operation: str
    reboots: bool
    when: str
    start: datetime
    end: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class Permission:
    """One statement that comes, goes or changes, with each value that does.

    `kind` says whose policy it is in, and `marks` what it newly covers without a limit.
    """

    address: str
    kind: str
    effect: str
    change: str
    sid: str
    widens: bool
    lines: tuple[str, ...] = ()
    marks: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Change:
    """One resource that the apply changes, with the attributes that differ.

    `cosmetic` says why it needs no review; None where it does.
    """

    address: str
    type: str
    action: str
    summary: str
    attributes: tuple[str, ...] = ()
    cosmetic: str | None = None


@dataclass(frozen=True, kw_only=True)
class FleetAssociation:
    """An association and the nodes of the fleet that it reaches; before it, where it was there.

    `concurrent` is how many nodes at a time, `waves` how often that; `hours_at_most` follows from
    the time that the document gives a node.
    """

    address: str
    name: str
    nodes: int
    nodes_before: int | None
    concurrent: int | None
    waves: int | None
    hours_at_most: float | None
    left_out: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Report:
    """A whole review. `start` is the moment that next runs are counted from.

    `outputs` are the names of the outputs that change.
    """

    source: str
    zone: str
    start: datetime
    terraform_version: str | None
    counts: dict[str, int]
    policies: tuple[str, ...]
    findings: tuple[Finding, ...]
    associations: tuple[Association, ...]
    calendar: tuple[CalendarEntry, ...]
    permissions: tuple[Permission, ...]
    changes: tuple[Change, ...]
    cosmetic: str | None
    outputs: tuple[str, ...] = ()
    fleet: tuple[FleetAssociation, ...] | None = None

    def open_findings(self, severity: Severity | None = None) -> Iterator[Finding]:
        """The findings that nobody allowed, of one severity or of all."""
        return (
            each
            for each in self.findings
            if each.allowed is None and severity in (None, each.severity)
        )

    @property
    def running(self) -> tuple[Association, ...]:
        """The associations that the apply starts, or may start."""
        return tuple(each for each in self.associations if each.runs_on_apply != RunsOnApply.NO)


def plain(value: Any) -> Any:
    """A report, or a part of it, as JSON values."""
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, tuple):
        return [plain(each) for each in value]
    if isinstance(value, dict):
        return {key: plain(each) for key, each in value.items()}
    if hasattr(value, "__dataclass_fields__"):
        return {name: plain(getattr(value, name)) for name in value.__dataclass_fields__}
    return value
