"""What is wrong with a document, and where."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

Path = Sequence[str | int]


class DocumentError(ValueError):
    """A document is wrong. Its text has every problem on a line of its own."""

    def __init__(self, problems: Sequence[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = tuple(problems)


@dataclass(frozen=True)
class Problem:
    """One defect: the place in the document, what was found and expected there, and the rule."""

    path: tuple[str | int, ...]
    message: str
    rule: str = "wrong-value"

    def __str__(self) -> str:
        steps = (f"[{step}]" if isinstance(step, int) else f".{step}" for step in self.path)
        return f"${''.join(steps)}: {self.message}"


def refuse(file: str, problems: Iterable[Problem]) -> None:
    """Raise DocumentError where there is a problem."""
    lines = [f"{file}: {problem}" for problem in problems]
    if lines:
        raise DocumentError(lines)
