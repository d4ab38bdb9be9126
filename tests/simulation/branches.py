"""Every comparison of every branch of our documents, and what shows both of its outcomes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from modules.quick_setup.documents import load_documents
from modules.quick_setup.documents.steps import scopes
from tests.simulation.runs import Finished
from tests.simulation.scenarios import SCENARIOS
from tests.simulation.tables import Table

Results = Mapping[str, tuple[Finished, Finished]]

TEXT = """\
Every comparison that an `aws:branch` step of our runbooks makes, and for both of its outcomes a
scenario of `tests/simulation/scenarios.py` in which it comes out so.

The branches inside of the runbooks' scripts are measured by coverage, and
`tests/simulation/test_script_branches.py` holds them to all of them."""


@dataclass(frozen=True, kw_only=True, order=True)
class Comparison:
    """One comparison; `place` is where it stands in its step, such as `Choices[0].And[1]`."""

    document: str
    step: str
    place: str


def comparisons() -> dict[Comparison, str]:
    """All of them, each with what it compares."""
    return {
        Comparison(document=key, step=step["name"], place=place): text
        for key, document in load_documents().items()
        for scope in scopes(document.content["mainSteps"])
        for step in scope.steps
        if step["action"] == "aws:branch"
        for index, choice in enumerate(step["inputs"]["Choices"])
        for place, text in _leaves(choice, f"Choices[{index}]")
    }


def _leaves(condition: Mapping[str, Any], place: str) -> Iterator[tuple[str, str]]:
    for name in ("And", "Or"):
        for index, part in enumerate(condition.get(name, ())):
            yield from _leaves(part, f"{place}.{name}[{index}]")
    if "Not" in condition:
        yield from _leaves(condition["Not"], f"{place}.Not")
    for operator in condition.keys() - {"And", "Or", "Not", "NextStep", "Variable"}:
        yield place, f"`{condition['Variable']}` {operator} `{condition[operator]}`"


def shown(finished: Results) -> dict[tuple[Comparison, bool], str]:
    """The first scenario that shows each outcome that is shown at all."""
    found: dict[tuple[Comparison, bool], str] = {}
    for scenario in SCENARIOS:
        for step in finished[scenario.title][0].execution.steps:
            for place, outcome in step.comparisons.items():
                comparison = Comparison(document=scenario.document, step=step.name, place=place)
                found.setdefault((comparison, outcome), scenario.title)
    return found


def table(finished: Results) -> Table:
    """A row for each comparison."""
    outcomes = shown(finished)
    return Table(
        name="branches",
        title="Branches of the runbooks, and the tests that take them",
        text=TEXT,
        columns=("runbook", "step", "comparison", "true when", "false when"),
        rows=[
            (
                each.document,
                each.step,
                f"{each.place}: {text}",
                outcomes.get((each, True), ""),
                outcomes.get((each, False), ""),
            )
            for each, text in comparisons().items()
        ],
    )
