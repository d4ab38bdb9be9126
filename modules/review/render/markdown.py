"""The report as a comment on a pull request: summary first, details folded, never too long.

GitHub takes 65,536 characters. What does not fit is cut between rows, and said so.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from modules.review.render.groups import Group, grouped
from modules.review.render.markdown_text import cell, cut, escaped, name, row, size
from modules.review.render.phrases import (
    NO_RUN,
    NOTHING_FOUND,
    SYMBOLS,
    moment,
    policies,
    reach,
    totals,
    verdict,
)
from modules.review.report import (
    Association,
    Change,
    Finding,
    Permission,
    Report,
    RunsOnApply,
    Severity,
)

LONGEST = 65_536
MARKER = "<!-- patch-policy review -->"
"""The first line, by which a workflow finds the comment that it wrote before."""
_ICONS = {
    Severity.CRITICAL: "🔴",
    Severity.WARNING: "🟠",
    Severity.NOTICE: "🔵",
    Severity.INFO: "⚪",
}
_ROOM_FOR_CUTS = 400


@dataclass(frozen=True, kw_only=True)
class Section:
    """A folded part: rows that belong together, of which the last ones may be cut."""

    title: str
    rows: Sequence[str]
    heading: Sequence[str] = ()
    is_open: bool = False


def render(report: Report, *, longest: int = LONGEST) -> str:
    """The whole report, or as many rows of it as fit."""
    head = "\n".join(_head(report))
    text = f"{MARKER}\n{head}\n"
    for section in _sections(report):
        text += _fitted(section, longest - size(text) - _ROOM_FOR_CUTS)
    return text


def _fitted(section: Section, room: int) -> str:
    """A section with as many rows as there is room for; nothing where not one fits."""
    if not section.rows:
        return ""
    opening = "<details open>" if section.is_open else "<details>"
    frame = [f"\n{opening}<summary>{section.title}</summary>\n", *section.heading]
    used = sum(size(line) + 1 for line in frame) + len("\n</details>\n") + 90
    shown: list[str] = []
    for each in section.rows:
        if used + size(each) + 1 > room:
            break
        used += size(each) + 1
        shown.append(each)
    cut = len(section.rows) - len(shown)
    if not shown:
        return f"\n{section.title}: {cut} rows do not fit here.\n" if room > 0 else ""
    note = [f"\n{cut} more rows do not fit here; see the text report."] if cut else []
    return "\n".join([*frame, *shown, *note, "\n</details>\n"])


def _head(report: Report) -> Iterator[str]:
    worst = next(iter(report.open_findings()), None)
    icon = _ICONS[worst.severity] if worst else "🟢"
    yield f"## {icon} Patch policy review: {verdict(report)}\n"
    yield f"Policies: {cut(policies(report, name))}. {totals(report)}\n"
    running = report.running
    if not running:
        yield f"**{NO_RUN}**"
        return
    yield f"**The apply itself starts {_count(len(running), 'association')}:**\n"
    for each in running[:10]:
        sure = "" if each.runs_on_apply is RunsOnApply.YES else " (perhaps)"
        yield row(f"{name(each.name)}{sure}: {escaped('; '.join(each.reasons))}")
    if len(running) > 10:
        yield f"- and {len(running) - 10} more"


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"


def _sections(report: Report) -> Iterator[Section]:
    groups = grouped(report.open_findings())
    if not groups:
        yield Section(title="Findings", rows=[NOTHING_FOUND], is_open=True)
    for severity in Severity:
        of_severity = [group for group in groups if group.severity is severity]
        yield Section(
            title=f"{_ICONS[severity]} {severity.capitalize()}: {len(of_severity)}",
            rows=[_finding(group) for group in of_severity],
            is_open=severity in (Severity.CRITICAL, Severity.WARNING),
        )
    allowed = grouped(each for each in report.findings if each.allowed is not None)
    yield Section(title=f"Allowed: {len(allowed)}", rows=[_finding(group) for group in allowed])
    yield from _associations(report)
    yield Section(
        title=f"Permissions: {_count(len(report.permissions), 'statement')}",
        rows=[_permission(each) for each in report.permissions],
    )
    changes = [each for each in report.changes if each.cosmetic is None]
    yield _table(
        f"All changes: {len(changes)}",
        ("", "Resource", "Attributes"),
        [_change(each) for each in changes],
    )
    if report.cosmetic:
        yield Section(title="Cosmetic changes", rows=[escaped(report.cosmetic)])


def _finding(group: Group) -> str:
    subjects = [_subject(each) for each in group.findings]
    lines = [f"**{escaped(group.first.message)}** `{group.rule}`"]
    if group.first.allowed is not None:
        lines.append(f"Allowed: {escaped(group.first.allowed)}")
    lines.append(
        "; ".join(subjects[:8]) + (f" and {len(subjects) - 8} more" if subjects[8:] else "")
    )
    lines += [escaped(line) for line in group.first.detail[:12]]
    if len(group.first.detail) > 12:
        lines.append(f"and {len(group.first.detail) - 12} more")
    return row("<br>".join(lines))


def _subject(each: Finding) -> str:
    if not each.subject or each.name in ("", each.subject):
        return name(each.subject or each.name)
    return f"{name(each.name)} ({name(each.subject)})"


def _associations(report: Report) -> Iterator[Section]:
    changed = [each for each in report.associations if each.action != "no-op"]
    same = [each for each in report.associations if each.action == "no-op"]
    heading = ("", "Association", "What, on whom, when", "Next runs")
    for title, each in (("Who is patched when: what changes", changed), ("What stays", same)):
        yield _table(f"{title}: {len(each)}", heading, [_association(one, report) for one in each])


def _association(each: Association, report: Report) -> tuple[str, ...]:
    sentence = escaped(each.sentence)
    if each.after is None:
        sentence = f"Ends: {sentence}"
    elif each.sentence_before and each.sentence_before != each.sentence:
        sentence = f"Before: {escaped(each.sentence_before)}<br>After: {sentence}"
    if nodes := reach(report, each.address):
        sentence += f"<br>{escaped(nodes)}"
    runs = each.after.runs if each.after else ()
    times = "<br>".join(escaped(moment(run, report.zone)) for run in runs[:5])
    return SYMBOLS.get(each.action, "~").strip(), name(each.name), sentence, times


def _permission(each: Permission) -> str:
    marks = f" ⚠️ {', '.join(each.marks)}" if each.marks else ""
    icon = "widens" if each.widens else "narrows"
    title = f"{escaped(each.kind)}: {each.change} {each.effect} {escaped(each.sid)} ({icon}){marks}"
    lines = "<br>".join(name(line) for line in each.lines)
    return row(f"{title}<br>{lines}")


def _change(each: Change) -> tuple[str, ...]:
    attributes = [name(line) for line in each.attributes]
    summary = [escaped(each.summary)] if each.summary else []
    return (
        SYMBOLS.get(each.action, "~").strip(),
        name(each.address),
        "<br>".join([*summary, *attributes]),
    )


def _table(title: str, heading: Sequence[str], rows: Sequence[Sequence[str]]) -> Section:
    return Section(
        title=title,
        heading=[f"| {' | '.join(heading)} |", f"|{'---|' * len(heading)}"],
        rows=[f"| {' | '.join(cell(each) for each in columns)} |" for columns in rows],
    )
