"""The figures as a table for people and as JSON for programs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from benchmarks.figures import Figure

_HEADINGS = ("figure", "measured", "baseline", "ratio", "limit", "met")


def render_table(figures: Sequence[Figure]) -> str:
    """One line a figure, in columns."""
    rows = [_HEADINGS, *map(_row, figures)]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in rows
    )


def _row(figure: Figure) -> tuple[str, ...]:
    return (
        figure.name,
        _amount(figure.measured, figure.unit),
        "-" if figure.baseline is None else _amount(figure.baseline, figure.unit),
        "-" if figure.ratio is None else f"{figure.ratio:.2f}",
        figure.expectation,
        "yes" if figure.is_met else "NO",
    )


def _amount(value: float, unit: str) -> str:
    return f"{value:.0f} {unit}" if value >= 100 else f"{value:.2f} {unit}"


def as_json(figures: Sequence[Figure], machine: Mapping[str, object]) -> dict[str, object]:
    """Everything that the table shows, unrounded, and what it was measured on."""
    return {
        "machine": dict(machine),
        "figures": [
            {
                "name": figure.name,
                "unit": figure.unit,
                "measured": figure.measured,
                "baseline": figure.baseline,
                "ratio": figure.ratio,
                "limit": figure.expectation,
                "met": figure.is_met,
            }
            for figure in figures
        ],
    }
