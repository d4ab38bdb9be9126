"""The calendar of the HTML page: four weeks, a row each; on a phone, a list of days."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta, tzinfo
from zoneinfo import ZoneInfo

from modules.review.agenda import WEEKS
from modules.review.render.html_text import escaped
from modules.review.report import CalendarEntry, Report

_WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_LONG = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_MOST_A_DAY = 12
_TOGGLES = (
    ("both", "Before and after"),
    ("before", "Before the apply"),
    ("after", "After the apply"),
)


def calendar(report: Report) -> Iterator[str]:
    """The section; a sentence where nothing runs at fixed times."""
    yield from _table(report)
    yield from _not_shown(report)


def _not_shown(report: Report) -> Iterator[str]:
    """What patches and has no place in a calendar: by its rate, or several times a day."""
    shown = {entry.address for entry in report.calendar}
    rest = [each for each in report.associations if each.operation and each.address not in shown]
    if rest:
        yield "<p>Not in the calendar:</p><ul>"
        for each in rest:
            schedule = each.after or each.before
            when = schedule.words if schedule else "not known"
            ends = "" if each.after else " (ends)"
            yield f"<li>{escaped(each.name)}{ends}: {escaped(when)}</li>"
        yield "</ul>"


def _table(report: Report) -> Iterator[str]:
    if not report.calendar:
        yield "<p>The calendar of the next four weeks is empty.</p>"
        return
    zone = UTC if report.zone == "UTC" else ZoneInfo(report.zone)
    by_day: dict[date, list[CalendarEntry]] = defaultdict(list)
    for entry in report.calendar:
        by_day[entry.start.astimezone(zone).date()].append(entry)
    yield '<fieldset class="toggles"><legend>Show</legend>'
    for value, text in _TOGGLES:
        checked = " checked" if value == "both" else ""
        box = f'<input class="show-{value}" type="radio" name="when"{checked}>'
        yield f"<label>{box} {text}</label>"
    yield '</fieldset><div class="calendar"><table>'
    yield f"<caption>Patch runs in {escaped(report.zone)}</caption>"
    yield "<thead><tr>" + "".join(f'<th scope="col">{day}</th>' for day in _LONG) + "</tr></thead>"
    yield "<tbody>"
    first = report.start.astimezone(zone).date()
    yield from _weeks(first, by_day, zone)
    yield "</tbody></table></div>"


def _weeks(
    first: date, by_day: Mapping[date, Sequence[CalendarEntry]], zone: tzinfo
) -> Iterator[str]:
    monday = first - timedelta(days=first.weekday())
    last = first + timedelta(weeks=WEEKS)
    while monday <= last:
        days = [monday + timedelta(days=n) for n in range(7)]
        yield "<tr>" + "".join(_day(day, first, last, by_day.get(day, ()), zone) for day in days)
        yield "</tr>"
        monday += timedelta(weeks=1)


def _day(day: date, first: date, last: date, entries: Sequence[CalendarEntry], zone: tzinfo) -> str:
    if not first <= day <= last:
        return '<td class="outside"></td>'
    name = f'<span class="weekday">{_WEEKDAYS[day.weekday()]} </span>{day:%-d %b}'
    head = f'<div class="day"><time datetime="{day.isoformat()}">{name}</time></div>'
    if not entries:
        return f'<td class="empty">{head}</td>'
    events = [_event(entry, zone) for entry in entries[:_MOST_A_DAY]]
    if len(entries) > _MOST_A_DAY:
        events.append(f"<li>and {len(entries) - _MOST_A_DAY} more</li>")
    return f'<td>{head}<ul class="events">{"".join(events)}</ul></td>'


def _end(entry: CalendarEntry, zone: tzinfo) -> str:
    if entry.end is None:
        return ""
    end = entry.end.astimezone(zone)
    days = (end.date() - entry.start.astimezone(zone).date()).days
    later = f" {_WEEKDAYS[end.weekday()]}" if days else ""
    return f", until{later} {end:%H:%M} at most"


def _event(entry: CalendarEntry, zone: tzinfo) -> str:
    local: datetime = entry.start.astimezone(zone)
    install = entry.operation != "Scan"
    classes = ["install" if install else "scan", *(["reboots"] if entry.reboots else [])]
    mark = {"before": ("before", "ends: "), "after": ("after", "new: "), "both": ("", "")}
    state, word = mark[entry.when]
    reboot = ' <span class="reboot">reboots</span>' if entry.reboots else ""
    label = escaped(entry.policy or entry.name)
    return (
        f'<li class="{" ".join([*classes, *([state] if state else [])])}">'
        + (f'<span class="mark">{word}</span>' if word else "")
        + f'<time datetime="{entry.start.isoformat()}">{local:%H:%M}</time>'
        f" {escaped(entry.operation)} {label}{reboot}{_end(entry, zone)}</li>"
    )
