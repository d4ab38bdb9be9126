"""The report for a terminal: worst first, as wide as the terminal is."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from modules.review.render.groups import Group, grouped
from modules.review.render.phrases import (
    NO_RUN,
    NOTHING_FOUND,
    SYMBOLS,
    control_free,
    moment,
    policies,
    reach,
    totals,
    verdict,
)
from modules.review.report import Association, Permission, Report, RunsOnApply, Severity

_COLOURS = {
    Severity.CRITICAL: "1;31",
    Severity.WARNING: "1;33",
    Severity.NOTICE: "1;36",
    Severity.INFO: "1",
}
_SHOWN_SUBJECTS = 8
_SHOWN_DETAIL = 12


@dataclass(frozen=True, kw_only=True)
class Screen:
    """How wide the output is, and whether it may have colours."""

    width: int
    colour: bool

    def styled(self, text: str, code: str) -> str:
        """Text in a style, where the screen has any."""
        return f"\x1b[{code}m{text}\x1b[0m" if self.colour else text

    def heading(self, text: str) -> str:
        """A section's title."""
        return self.styled(text, "1")

    def wrapped(self, text: str, indent: int, *, hanging: int = 0) -> str:
        """Text within the width; words that are longer stay whole, so that they can be copied."""
        shown = control_free(text)
        if indent + len(shown) <= self.width:
            return f"{' ' * indent}{shown}"  # as most lines are, and wrapping takes its time
        return textwrap.fill(
            shown,
            width=max(self.width, indent + 30),
            initial_indent=" " * indent,
            subsequent_indent=" " * (indent + hanging),
            break_long_words=False,
            break_on_hyphens=False,
        )


def render(report: Report, screen: Screen) -> str:
    """The whole report."""
    sections = [
        "\n".join(_head(report, screen)),
        "\n".join(_findings(report, screen)),
        "\n".join(_runs(report, screen)),
        "\n".join(_schedules(report, screen)),
        "\n".join(_permissions(report.permissions, screen)),
        "\n".join(_changes(report, screen)),
    ]
    return "\n\n".join(section for section in sections if section) + "\n"


def _head(report: Report, screen: Screen) -> Iterator[str]:
    yield screen.heading(screen.wrapped(f"Review of {report.source}: {policies(report)}", 0))
    worst = next(iter(report.open_findings()), None)
    yield screen.styled(verdict(report), _COLOURS[worst.severity] if worst else "1;32")
    yield totals(report)


def _findings(report: Report, screen: Screen) -> Iterator[str]:
    open_ones = grouped(report.open_findings())
    if not open_ones:
        yield NOTHING_FOUND
    last = None
    for group in open_ones:
        if group.severity is not last:
            yield from [""] if last else []
            yield screen.styled(group.severity.upper(), _COLOURS[group.severity])
            last = group.severity
        yield from _group(group, screen)
    allowed = grouped(each for each in report.findings if each.allowed is not None)
    if allowed:
        yield from ["", screen.heading("ALLOWED")]
    for group in allowed:
        yield from _group(group, screen)


def _group(group: Group, screen: Screen) -> Iterator[str]:
    yield screen.wrapped(group.first.message, 2, hanging=2)
    for each in group.findings[:_SHOWN_SUBJECTS]:
        yield screen.wrapped(_subject(each.name, each.subject), 6, hanging=2)
    if len(group.findings) > _SHOWN_SUBJECTS:
        yield f"      and {len(group.findings) - _SHOWN_SUBJECTS} more"
    for line in group.first.detail[:_SHOWN_DETAIL]:
        yield screen.wrapped(line, 6, hanging=2)
    if len(group.first.detail) > _SHOWN_DETAIL:
        yield f"      and {len(group.first.detail) - _SHOWN_DETAIL} more lines; see --format json"
    allowed = group.first.allowed
    rule = f"[{group.rule}]" if allowed is None else f"[{group.rule}] allowed: {allowed}"
    yield screen.styled(screen.wrapped(rule, 6), "2")


def _subject(name: str, address: str) -> str:
    if not address:
        return name
    return f"{name}  ({address})" if name and name != address else address


def _runs(report: Report, screen: Screen) -> Iterator[str]:
    yield screen.heading("RUNS ON APPLY")
    if not report.running:
        yield f"  {NO_RUN}"
    for each in report.running:
        sure = "" if each.runs_on_apply is RunsOnApply.YES else " (perhaps)"
        yield screen.wrapped(f"{each.name}{sure}: {'; '.join(each.reasons)}", 2, hanging=2)


def _schedules(report: Report, screen: Screen) -> Iterator[str]:
    changed = [each for each in report.associations if each.action != "no-op"]
    same = [each for each in report.associations if each.action == "no-op"]
    if report.associations:
        yield screen.heading("WHO IS PATCHED WHEN")
    for each in changed:
        yield from _association(each, report, screen)
    for each in same:
        if each.operation:
            yield from _association(each, report, screen)
    others = sum(1 for each in same if not each.operation)
    if others:
        does = "association does" if others == 1 else "associations do"
        yield f"  {others} more {does} not change."


def _association(each: Association, report: Report, screen: Screen) -> Iterator[str]:
    symbol = SYMBOLS.get(each.action, "~")
    yield screen.wrapped(f"{symbol:>3} {each.name}", 0, hanging=4)
    if each.sentence_before and each.sentence_before != each.sentence:
        yield screen.wrapped(f"before: {each.sentence_before}", 6, hanging=8)
        yield screen.wrapped(f"after:  {each.sentence}", 6, hanging=8)
    elif each.after is None:
        yield screen.wrapped(f"ends: {each.sentence}", 6, hanging=6)
        return
    else:
        yield screen.wrapped(each.sentence, 6)
    if nodes := reach(report, each.address):
        yield screen.wrapped(f"fleet: {nodes}", 6, hanging=7)
    old, new = (each.before and each.before.runs), (each.after and each.after.runs)
    if old and new and old != new:
        yield from _times("before:", old, report.zone)
        yield from _times("after: ", new, report.zone)
    elif new:
        yield from _times("next:", new, report.zone)


def _times(title: str, runs: Sequence[datetime], zone: str) -> Iterator[str]:
    for number, run in enumerate(runs):
        yield f"      {' ' * len(title) if number else title} {moment(run, zone)}"


def _permissions(permissions: Sequence[Permission], screen: Screen) -> Iterator[str]:
    if permissions:
        yield screen.heading("PERMISSIONS")
    last = None
    for each in permissions:
        if each.kind != last:
            yield screen.wrapped(each.kind, 2, hanging=2)
            last = each.kind
        marks = f"  <- {', '.join(each.marks)}" if each.marks else ""
        sid = f" {each.sid}" if each.sid else ""
        yield screen.wrapped(f"{each.change}: {each.effect}{sid}{marks}", 4, hanging=2)
        for line in each.lines:
            code = "32" if line.startswith("-") else "31" if line.startswith("+") else "33"
            yield screen.styled(screen.wrapped(line, 8, hanging=4), code if each.widens else "2")


def _changes(report: Report, screen: Screen) -> Iterator[str]:
    listed = [each for each in report.changes if each.cosmetic is None]
    if listed:
        yield screen.heading("ALL CHANGES")
    for each in listed:
        summary = f"  ({each.summary})" if each.summary else ""
        symbol = SYMBOLS.get(each.action, "~")
        yield screen.wrapped(f"{symbol:>3} {each.address}{summary}", 0, hanging=6)
        for line in each.attributes[:_SHOWN_DETAIL]:
            yield screen.styled(screen.wrapped(line, 6, hanging=2), "2")
        if len(each.attributes) > _SHOWN_DETAIL:
            yield f"      and {len(each.attributes) - _SHOWN_DETAIL} more; see --format json"
    if report.cosmetic:
        yield f"  {report.cosmetic}"
