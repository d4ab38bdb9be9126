"""How many nodes at a time, and how many errors before State Manager stops.

Source: MaxConcurrency and MaxErrors of CreateAssociation in the SSM API reference: a number, or a
percentage of the targets; without a value, all of them.
"""

from __future__ import annotations

from collections.abc import Iterator

from modules.review import words
from modules.review.facts import Facts
from modules.review.model.association import Text
from modules.review.model.associations import AssociationChange
from modules.review.report import Finding, Severity
from modules.review.rules.findings import finding
from modules.review.values import is_hidden

_NAMES = {"max_concurrency": "At a time", "max_errors": "Errors before it stops"}


def check(facts: Facts) -> Iterator[Finding]:
    """Findings about rate control."""
    for change in facts.associations:
        if change.both:
            yield from _rates(change)


def _rates(change: AssociationChange) -> Iterator[Finding]:
    if change.both is None:
        return
    before, after = change.both
    loosened: list[str] = []
    tightened: list[str] = []
    for name, meaning in _NAMES.items():
        old, new = getattr(before, name), getattr(after, name)
        if old == new or is_hidden(old) or is_hidden(new):
            continue
        is_loosened, note = _compare(old, new)
        (loosened if is_loosened else tightened).append(
            f"{meaning}: {_limit(old)} -> {_limit(new)}{note}"
        )
    if loosened:
        severity = Severity.CRITICAL if after.reboots else Severity.WARNING
        yield finding("rate-loosened", severity, change, f"{'; '.join(loosened)}.")
    if tightened:
        yield finding("rate-tightened", Severity.INFO, change, f"{'; '.join(tightened)}.")


def _limit(value: Text) -> str:
    return "no limit" if value is None else words.known(value)


def _compare(old: Text, new: Text) -> tuple[bool, str]:
    """Whether a limit is loosened; a number and a percentage count as that, with a note."""
    if new is None or old is None:
        return new is None, ""
    first, second = str(old), str(new)
    if first.endswith("%") != second.endswith("%"):
        return True, " (which is more depends on the fleet)"
    try:
        return int(second.rstrip("%")) > int(first.rstrip("%")), ""
    except ValueError:
        return True, ""
