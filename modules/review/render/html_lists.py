"""The long lists of the HTML page: permissions, and every change."""

from __future__ import annotations

from collections.abc import Iterator

from modules.review.render.html_text import code, escaped
from modules.review.report import Permission, Report


def permissions(report: Report) -> Iterator[str]:
    """The statements that come and go, widening ones first."""
    if not report.permissions:
        yield "<p>No permission changes.</p>"
        return
    widening = [each for each in report.permissions if each.widens]
    rest = [each for each in report.permissions if not each.widens]
    for title, some in (
        ("Statements that allow more", widening),
        ("Statements that allow less", rest),
    ):
        if some:
            opened = " open" if len(some) < 20 else ""
            yield f"<details{opened}><summary>{title}: {len(some)}</summary>"
            yield from (_permission(each) for each in some)
            yield "</details>"


def _permission(each: Permission) -> str:
    lines = "".join(
        f'<li class="{"new" if line.startswith("+") else "old"}">{code(line)}</li>'
        for line in each.lines
    )
    marks = (
        f' <strong class="critical">{escaped(", ".join(each.marks))}</strong>' if each.marks else ""
    )
    return (
        f'<article class="permission {"widens" if each.widens else "narrows"}">'
        f"<h3>{escaped(each.kind)}</h3>"
        f"<p>{each.change} {escaped(each.effect)} {escaped(each.sid)}{marks}</p>"
        f"<ul>{lines}</ul></article>"
    )


def changes(report: Report) -> Iterator[str]:
    """Every change, in a table."""
    listed = [each for each in report.changes if each.cosmetic is None]
    if report.cosmetic:
        yield f"<p>{escaped(report.cosmetic)}</p>"
    if not listed:
        yield "<p>No resource changes.</p>"
        return
    yield '<div class="scroll" tabindex="0" role="region" aria-label="List of all changes"><table>'
    yield '<thead><tr><th scope="col">Action</th><th scope="col">Resource</th>'
    yield '<th scope="col">What differs</th></tr></thead><tbody>'
    for each in listed:
        notes = [escaped(each.summary)] if each.summary else []
        notes += [code(line) for line in each.attributes]
        yield (
            f"<tr><td>{escaped(each.action)}</td><td>{code(each.address)}</td>"
            f"<td>{'<br>'.join(notes)}</td></tr>"
        )
    yield "</tbody></table></div>"
