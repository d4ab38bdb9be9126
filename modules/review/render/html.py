"""The report as one self-contained page: no script, nothing loaded from elsewhere.

For a phone, in dark mode, on paper, with a keyboard and for a screen reader.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from modules.review.render.groups import Group, grouped
from modules.review.render.html_calendar import calendar
from modules.review.render.html_lists import changes, permissions
from modules.review.render.html_text import code, escaped
from modules.review.render.phrases import (
    NO_RUN,
    NOTHING_FOUND,
    moment,
    reach,
    totals,
    verdict,
)
from modules.review.report import Association, Report, RunsOnApply, Severity

_STYLE = Path(__file__).with_name("page.css")
_POLICY = "default-src 'none'; style-src 'unsafe-inline'"
_SECTIONS = {
    "findings": "Findings",
    "runs": "Runs on apply",
    "calendar": "The next four weeks",
    "associations": "Who is patched when",
    "permissions": "Permissions",
    "changes": "All changes",
}


def render(report: Report) -> str:
    """The page."""
    title = f"Patch policy review: {escaped(verdict(report))}"
    return "\n".join(
        [
            "<!doctype html>",
            '<html lang="en">',
            "<head>",
            '<meta charset="utf-8">',
            '<meta name="viewport" content="width=device-width, initial-scale=1">',
            f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">',
            f"<title>{title}</title>",
            f"<style>\n{_STYLE.read_text(encoding='utf-8')}</style>",
            "</head>",
            "<body>",
            '<a class="skip" href="#main">Skip to the findings</a>',
            *_header(report),
            '<main id="main">',
            *_main(report),
            "</main>",
            "</body>",
            "</html>\n",
        ]
    )


def _header(report: Report) -> Iterator[str]:
    policies = ", ".join(code(each) for each in report.policies) or "no patch policy"
    worst = next(iter(report.open_findings()), None)
    yield "<header>"
    yield f"<h1>Review of {code(report.source)}</h1>"
    yield f'<p class="verdict {worst.severity if worst else "good"}">{escaped(verdict(report))}</p>'
    yield f"<p>Policies: {policies}. {escaped(totals(report))}</p>"
    yield f'<p class="soft">Runs from {escaped(moment(report.start, report.zone))} on.</p>'
    yield '<nav aria-label="Sections"><ul>'
    yield from (f'<li><a href="#{key}">{title}</a></li>' for key, title in _SECTIONS.items())
    yield "</ul></nav></header>"


def _main(report: Report) -> Iterator[str]:
    bodies = {
        "findings": _findings,
        "runs": _runs,
        "calendar": calendar,
        "associations": _associations,
        "permissions": permissions,
        "changes": changes,
    }
    for key, title in _SECTIONS.items():
        yield f'<section aria-labelledby="{key}"><h2 id="{key}">{title}</h2>'
        yield from bodies[key](report)
        yield "</section>"


def _findings(report: Report) -> Iterator[str]:
    groups = grouped(report.open_findings())
    if not groups:
        yield f"<p>{NOTHING_FOUND}</p>"
    yield from (_finding(each) for each in groups if each.severity is not Severity.INFO)
    for title, rest in (
        ("For information", [each for each in groups if each.severity is Severity.INFO]),
        ("Allowed", grouped(each for each in report.findings if each.allowed is not None)),
    ):
        if rest:
            yield f"<details><summary>{title}: {len(rest)}</summary>"
            yield from (_finding(each) for each in rest)
            yield "</details>"


def _finding(group: Group) -> str:
    first = group.first
    subjects = "".join(
        f"<li>{escaped(each.name)} {code(each.subject) if each.subject else ''}</li>"
        for each in group.findings
    )
    detail = "".join(f"<p>{escaped(line)}</p>" for line in first.detail)
    allowed = f" allowed: {escaped(first.allowed)}" if first.allowed is not None else ""
    return (
        f'<article class="finding {first.severity}">'
        f'<p class="badge">{first.severity.capitalize()} <span class="soft">{code(first.rule)}'
        f"{allowed}</span></p>"
        f"<h3>{escaped(first.message)}</h3><ul>{subjects}</ul>{detail}</article>"
    )


def _runs(report: Report) -> Iterator[str]:
    if not report.running:
        yield f"<p>{NO_RUN}</p>"
        return
    yield "<ul>"
    for each in report.running:
        sure = "" if each.runs_on_apply is RunsOnApply.YES else " (perhaps)"
        yield f"<li>{code(each.name)}{sure}: {escaped('; '.join(each.reasons))}</li>"
    yield "</ul>"


def _associations(report: Report) -> Iterator[str]:
    changed = [each for each in report.associations if each.action != "no-op"]
    same = [each for each in report.associations if each.action == "no-op"]
    yield from (_association(each, report) for each in changed)
    if not report.associations:
        yield "<p>The plan has no association.</p>"
    if same:
        yield f"<details><summary>Unchanged: {len(same)}</summary>"
        yield from (_association(each, report) for each in same)
        yield "</details>"


def _association(each: Association, report: Report) -> str:
    lines = []
    if each.after is None:
        lines.append(f"<p>Ends: {escaped(each.sentence)}</p>")
    elif each.sentence_before and each.sentence_before != each.sentence:
        lines.append(f"<p><b>Before:</b> {escaped(each.sentence_before)}</p>")
        lines.append(f"<p><b>After:</b> {escaped(each.sentence)}</p>")
    else:
        lines.append(f"<p>{escaped(each.sentence)}</p>")
    if nodes := reach(report, each.address):
        lines.append(f"<p>{escaped(nodes)}</p>")
    if each.after and each.after.runs:
        runs = "".join(f"<li>{escaped(moment(run, report.zone))}</li>" for run in each.after.runs)
        lines.append(f"<p>Next runs:</p><ul>{runs}</ul>")
    return (
        f'<article class="association"><h3>{escaped(each.name)}</h3>'
        f'<p class="soft">{escaped(each.action)} {code(each.address)}</p>{"".join(lines)}</article>'
    )
