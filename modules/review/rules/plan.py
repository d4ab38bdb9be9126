"""The plan as a whole."""

from __future__ import annotations

from collections.abc import Iterator

from modules.review.facts import Facts
from modules.review.report import Finding, Severity


def check(facts: Facts) -> Iterator[Finding]:
    """Findings about a plan that does not say everything."""
    plan = facts.plan
    if plan.errored:
        yield _finding(Severity.CRITICAL, "Terraform met an error: the plan ends there.")
    if plan.deferred:
        shown = ", ".join(plan.deferred[:5])
        more = f" and {len(plan.deferred) - 5} more" if len(plan.deferred) > 5 else ""
        yield _finding(Severity.WARNING, f"Put off to a later plan: {shown}{more}.")
    elif not plan.complete and not plan.errored:
        yield _finding(
            Severity.WARNING, "The plan is partial (-target, or deferred): there is more to come."
        )


def failed_checks(facts: Facts) -> Iterator[Finding]:
    """Checks of the configuration that fail; only the plan's output says so otherwise."""
    for address, said in facts.plan.failed_checks:
        yield Finding(
            rule="check-failed",
            severity=Severity.WARNING,
            subject=address,
            name=address,
            message=f"A check of the configuration fails: {said}",
        )


def _finding(severity: Severity, message: str) -> Finding:
    return Finding(
        rule="plan-incomplete", severity=severity, subject="", name="the plan", message=message
    )
