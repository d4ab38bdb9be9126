"""Two policy documents compared statement by statement: what is allowed more, and what less."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from modules.review.model.policy_document import Statement

_ELEMENTS = (
    "Principal",
    "NotPrincipal",
    "Action",
    "NotAction",
    "Resource",
    "NotResource",
    "Condition",
)
# Elements whose further values take something away from the statement.
_NARROWING = ("Condition", "NotAction", "NotResource", "NotPrincipal")
# Of each two, a statement has one: the other in its place covers more, and less.
_OPPOSITES = (
    ("Principal", "NotPrincipal"),
    ("Action", "NotAction"),
    ("Resource", "NotResource"),
)
_WITH_WILDCARDS = ("Action", "NotAction", "Resource", "NotResource")


@dataclass(frozen=True, kw_only=True)
class StatementChange:
    """A statement before and after; None where it is not there."""

    before: Statement | None
    after: Statement | None

    @property
    def now(self) -> Statement:
        """The statement as it is after, or as it was where it goes."""
        statement = self.after or self.before
        if statement is None:
            raise ValueError("a change of no statement")
        return statement

    @property
    def lines(self) -> tuple[str, ...]:
        """Each value that comes or goes."""
        return tuple(_lines(self.before, self.after))

    @property
    def widens(self) -> bool:
        """Whether more is allowed after it."""
        return self._goes(allowing=True)

    @property
    def narrows(self) -> bool:
        """Whether less is allowed after it."""
        return self._goes(allowing=False)

    def _goes(self, *, allowing: bool) -> bool:
        if self.before and self.after and self.before.effect != self.after.effect:
            return (self.after.effect == "Allow") is allowing
        grows, shrinks = _direction(self.before, self.after)
        more = grows if self.now.effect == "Allow" else shrinks
        less = shrinks if self.now.effect == "Allow" else grows
        return more if allowing else less

    @property
    def new_principals(self) -> frozenset[str]:
        """Principals that an allowing statement did not have."""
        if self.after is None or self.after.effect != "Allow":
            return frozenset()
        before = self.before.values("Principal") if self.before else frozenset[str]()
        return self.after.values("Principal") - before


def differences(
    before: Sequence[Statement], after: Sequence[Statement]
) -> tuple[StatementChange, ...]:
    """What differs in effect; the order of statements and their Sids have none."""
    same = {each.key for each in before} & {each.key for each in after}
    old = [each for each in before if each.key not in same]
    new = [each for each in after if each.key not in same]
    if len(old) == len(new) == 1 and old[0].effect == new[0].effect:
        return (StatementChange(before=old[0], after=new[0]),)
    found = []
    for statement in new:
        partner = _partner(statement, old)
        if partner:
            old.remove(partner)
        found.append(StatementChange(before=partner, after=statement))
    return (*found, *(StatementChange(before=each, after=None) for each in old))


def _partner(statement: Statement, candidates: Sequence[Statement]) -> Statement | None:
    """The statement that this one was: by its Sid, else the one most like it."""
    named = [each for each in candidates if statement.sid and each.sid == statement.sid]
    if named:
        return named[0]
    alike = [each for each in candidates if not each.sid or not statement.sid]
    likeness = [(_common(statement, each), -number) for number, each in enumerate(alike)]
    best = max(likeness, default=(0, 0))
    return alike[-best[1]] if best[0] >= 2 else None


def _common(one: Statement, other: Statement) -> int:
    """How many elements have something in common."""
    if one.effect != other.effect:
        return 0
    return sum(bool(one.values(name) & other.values(name)) for name in _ELEMENTS)


def _direction(before: Statement | None, after: Statement | None) -> tuple[bool, bool]:
    """Whether a statement covers more, and whether it covers less."""
    if before is None or after is None:
        return before is None, after is None
    grows = shrinks = _turned(before, after)
    for name in _ELEMENTS:
        old, new = before.values(name), after.values(name)
        more, less = not _covered(new, old, name), not _covered(old, new, name)
        if name in _NARROWING:
            more, less = less, more
        grows, shrinks = grows or more, shrinks or less
    return grows, shrinks


def _turned(before: Statement, after: Statement) -> bool:
    """Whether an element becomes its opposite."""
    return any(
        bool(before.values(name)) != bool(after.values(name))
        and bool(before.values(opposite)) != bool(after.values(opposite))
        for name, opposite in _OPPOSITES
    )


def _covered(values: frozenset[str], by: frozenset[str], element: str) -> bool:
    """Whether all values are among others, or covered by a wildcard among them."""
    missing = values - by
    if element == "Principal":
        return not missing or "AWS:*" in by
    if element not in _WITH_WILDCARDS:
        return not missing
    wild = [_pattern(each) for each in by if "*" in each or "?" in each]
    return all(any(each.fullmatch(value) for each in wild) for value in missing)


def _pattern(value: str) -> re.Pattern[str]:
    """IAM's wildcards: any characters, or one; colons and slashes are none to it."""
    return re.compile(re.escape(value).replace(r"\*", ".*").replace(r"\?", "."), re.DOTALL)


def _lines(before: Statement | None, after: Statement | None) -> Iterator[str]:
    if before and after and before.effect != after.effect:
        yield f"~ effect {before.effect} -> {after.effect}"
    for name in _ELEMENTS:
        old = before.values(name) if before else frozenset[str]()
        new = after.values(name) if after else frozenset[str]()
        word = f"{name[:3].lower()} {name[3:].lower()}" if name[:3] == "Not" else name.lower()
        yield from (f"+ {word} {_written(each, after)}" for each in sorted(new - old))
        yield from (f"- {word} {_written(each, before)}" for each in sorted(old - new))


def _written(value: str, statement: Statement | None) -> str:
    return statement.written.get(value, value) if statement else value
