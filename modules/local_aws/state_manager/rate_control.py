"""MaxConcurrency and MaxErrors: how many targets run at a time, and when no more are begun.

Sources: API reference of CreateAssociation ("If you specify 3 ... stops sending requests when the
fourth error is received"; 10% of 50 nodes stop at the sixth), "Understanding targets and rate
controls in State Manager associations" (50 targets at a time, and no limit of errors, where nothing
is said), and for Automation "Control automations at scale" (one target first, then twice as many
each time, up to the concurrency).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

Target = TypeVar("Target")
Outcome = TypeVar("Outcome")

DEFAULT_CONCURRENCY = "50"
DEFAULT_ERRORS = "100%"


@dataclass(frozen=True, kw_only=True)
class RateControl:
    """The two limits as an association has them; `ramps_up` as Automation does."""

    max_concurrency: str = DEFAULT_CONCURRENCY
    max_errors: str = DEFAULT_ERRORS
    ramps_up: bool = False

    def of(self, targets: int) -> RateControl:
        """The same limits as numbers, where so many are the targets that percentages are of."""
        return replace(
            self,
            max_concurrency=str(self.concurrency(targets)),
            max_errors=str(self.errors(targets)),
        )

    def concurrency(self, targets: int) -> int:
        """How many of so many targets run at a time; one at least."""
        return max(1, _share(self.max_concurrency, targets))

    def errors(self, targets: int) -> int:
        """How many errors are borne."""
        return _share(self.max_errors, targets)


def _share(limit: str, targets: int) -> int:
    """A number, or a percentage of the targets, rounded down (AWS documents no rounding)."""
    return targets * int(limit[:-1]) // 100 if limit.endswith("%") else int(limit)


def carry_out(
    targets: Sequence[Target],
    run: Callable[[Sequence[Target]], Sequence[Outcome]],
    failed: Callable[[Outcome], bool],
    control: RateControl,
) -> tuple[list[Outcome], Sequence[Target]]:
    """Run targets in waves. The outcomes, and the targets left when errors were too many.

    What runs already when the limit is passed is allowed to complete, as AWS has it.
    """
    limit, allowed = control.concurrency(len(targets)), control.errors(len(targets))
    size = 1 if control.ramps_up else limit
    outcomes: list[Outcome] = []
    errors = 0
    while len(outcomes) < len(targets) and errors <= allowed:
        wave = targets[len(outcomes) : len(outcomes) + size]
        done = run(wave)
        outcomes += done
        errors += sum(map(failed, done))
        size = min(2 * size, limit)
    return outcomes, targets[len(outcomes) :]
