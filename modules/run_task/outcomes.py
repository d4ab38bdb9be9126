"""A review as the result of a run task: an outcome for each finding, worst first."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from modules.commands.review import fails
from modules.review.render.phrases import moment, totals, verdict
from modules.review.report import Association, Finding, Report, Severity
from modules.review.rules.catalogue import RULES
from modules.run_task import markdown
from modules.run_task.result import (
    LONGEST_BODY,
    LONGEST_ID,
    LONGEST_LABEL,
    LONGEST_MESSAGE,
    MOST_OUTCOMES,
    Result,
    Status,
    cut,
)

NEVER = "never"
_LEVELS = {
    Severity.CRITICAL: "error",
    Severity.WARNING: "warning",
    Severity.NOTICE: "info",
    Severity.INFO: "none",
}


def result_of(report: Report, fail_on: str) -> Result:
    """What HCP Terraform shows of a review; failed by the level of `--fail-on`."""
    failing = fails(report, fail_on)
    return Result(
        status=Status.FAILED if failing else Status.PASSED,
        message=_message(report, fail_on, failing=failing),
        outcomes=_within_limit(report, fail_on),
    )


def _message(report: Report, fail_on: str, *, failing: bool) -> str:
    policies = ", ".join(report.policies) or "no patch policy"
    said = f"{markdown.line(policies)}: {verdict(report)}. {totals(report)}"
    if failing:
        worst = "" if fail_on == Severity.CRITICAL else " or worse"
        said = f"Failed for a finding of level {fail_on}{worst}. {said}"
    return cut(said)


def _within_limit(report: Report, fail_on: str) -> list[Mapping[str, Any]]:
    """As many outcomes as HCP Terraform takes; the last says how many findings are left out."""
    findings = sorted(
        report.findings, key=lambda each: (each.allowed is not None, each.severity.rank)
    )
    associations = {each.address: each for each in report.associations}
    shown = findings if len(findings) <= MOST_OUTCOMES else findings[: MOST_OUTCOMES - 1]
    outcomes = [
        _outcome(each, associations.get(each.subject), report.zone, fail_on) for each in shown
    ]
    if len(shown) < len(findings):
        outcomes.append(_left_out(findings[len(shown) :]))
    return outcomes


def _outcome(
    finding: Finding, association: Association | None, zone: str, fail_on: str
) -> Mapping[str, Any]:
    subject = finding.name or finding.subject
    said = markdown.line(f"{finding.message} ({subject})" if subject else finding.message)
    return {
        "outcome-id": finding.rule[:LONGEST_ID],
        "description": cut(said, LONGEST_MESSAGE),
        "tags": _tags(finding, fail_on),
        "body": _body(finding, association, zone),
    }


def _tags(finding: Finding, fail_on: str) -> dict[str, list[dict[str, str]]]:
    tags = {
        "Severity": [_label(finding.severity.capitalize(), _LEVELS[finding.severity])],
        "Status": [_status(finding, fail_on)],
        "Rule": [_label(finding.rule)],
    }
    if finding.policy:
        tags["Patch_policy"] = [_label(finding.policy)]
    return tags


def _status(finding: Finding, fail_on: str) -> dict[str, str]:
    if finding.allowed is not None:
        return _label("Allowed", "info")
    if fail_on != NEVER and finding.severity.rank <= Severity(fail_on).rank:
        return _label("Fails the task", "error")
    return _label("Noted")


def _label(text: str, level: str = "none") -> dict[str, str]:
    return {"label": cut(markdown.line(text), LONGEST_LABEL), "level": level}


def _body(finding: Finding, association: Association | None, zone: str) -> str:
    parts = [
        f"**{markdown.plain(finding.message)}**",
        markdown.bullets(_facts(finding)),
        markdown.bullets(map(markdown.plain, finding.detail)),
        markdown.bullets(_schedule(association, zone)) if association else "",
        f"Rule {markdown.code(finding.rule)}: {markdown.plain(RULES[finding.rule])}.",
    ]
    return _cut_between_lines("\n\n".join(part for part in parts if part))


def _facts(finding: Finding) -> Iterator[str]:
    if finding.subject:
        yield f"Resource: {markdown.code(finding.subject)}"
    if finding.name and finding.name != finding.subject:
        yield f"Name in AWS: {markdown.code(finding.name)}"
    if finding.policy:
        yield f"Patch policy: {markdown.plain(finding.policy)}"
    if finding.allowed is not None:
        yield f"Allowed: {markdown.plain(finding.allowed)}"


def _schedule(association: Association, zone: str) -> Iterator[str]:
    if association.sentence_before and association.sentence_before != association.sentence:
        yield f"Before: {markdown.plain(association.sentence_before)}"
    title = "After" if association.after else "Ends"
    yield f"{title}: {markdown.plain(association.sentence)}"
    for run in association.after.runs if association.after else ():
        yield f"Next run: {markdown.plain(moment(run, zone))}"


def _cut_between_lines(text: str) -> str:
    """Markdown within the limit: a line is there whole or not at all."""
    if len(text) <= LONGEST_BODY:
        return text
    notice = "\n\nMore than HCP Terraform shows: see patch-policy review on the plan."
    head, _, rest = text[: LONGEST_BODY - len(notice)].rpartition("\n")
    return f"{head or rest}{notice}"


def _left_out(findings: Sequence[Finding]) -> Mapping[str, Any]:
    count = len(findings)
    worst = findings[0].severity
    said = f"{count} more findings, none worse than {worst}"
    return {
        "outcome-id": "more-findings",
        "description": said,
        "tags": {"Severity": [_label(worst.capitalize(), _LEVELS[worst])]},
        "body": f"**{said}.** HCP Terraform shows {MOST_OUTCOMES} at most;"
        " patch-policy review on the plan shows all.",
    }
