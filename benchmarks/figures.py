"""A figure: what was measured, what it is held against, and whether it is within its limit."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum


class Limit(Enum):
    """What the bound of a figure bounds."""

    AT_MOST = "at most {} {unit}"
    AT_MOST_TIMES = "at most {} times"
    AT_LEAST_TIMES_LESS = "at least {} times less"


@dataclass(frozen=True, kw_only=True)
class Figure:
    """One line of the report; `unit` is that of `measured` and `baseline`."""

    name: str
    unit: str
    measured: float
    limit: Limit
    bound: float
    baseline: float | None = None

    @property
    def ratio(self) -> float | None:
        """How many times the baseline, or how many times less; None without a baseline."""
        if self.baseline is None:
            return None
        if self.limit is Limit.AT_LEAST_TIMES_LESS:
            return self.baseline / self.measured
        return self.measured / self.baseline

    @property
    def is_met(self) -> bool:
        """Whether the figure is within its limit."""
        if self.limit is Limit.AT_MOST:
            return self.measured <= self.bound
        if self.ratio is None:
            raise ValueError(f"{self.name}: {self.limit.name} needs a baseline")
        if self.limit is Limit.AT_LEAST_TIMES_LESS:
            return self.ratio >= self.bound
        return self.ratio <= self.bound

    @property
    def expectation(self) -> str:
        """The limit in words."""
        return self.limit.value.format(f"{self.bound:g}", unit=self.unit)
