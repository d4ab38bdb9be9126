"""Findings of the same rule that say the same, as one."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from modules.review.report import Finding, Severity


@dataclass(frozen=True, kw_only=True)
class Group:
    """Findings that differ in their subject alone."""

    findings: tuple[Finding, ...]

    @property
    def first(self) -> Finding:
        """The one that speaks for all."""
        return self.findings[0]

    @property
    def rule(self) -> str:
        """The rule that they have in common."""
        return self.first.rule

    @property
    def severity(self) -> Severity:
        """How bad they are."""
        return self.first.severity


def grouped(findings: Iterable[Finding]) -> list[Group]:
    """Groups in the order of their first findings."""
    groups: dict[tuple[object, ...], list[Finding]] = {}
    for each in findings:
        key = (each.rule, each.severity, each.message, each.detail, each.allowed)
        groups.setdefault(key, []).append(each)
    return [Group(findings=tuple(found)) for found in groups.values()]
