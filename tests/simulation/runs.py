"""Scenarios that were run: how they ended, what they changed, which calls they made."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from modules.local_aws import LocalAws
from modules.local_aws.automation import AutomationExecution
from modules.local_aws.call_log import LoggedCall
from modules.local_aws.faults import Fault
from tests.simulation.scenarios import SCENARIOS, Scenario
from tests.simulation.world import World, build, changes


@dataclass(frozen=True, kw_only=True)
class CallSite:
    """One AWS call of a run: the `nth` of its operation, beginning with 1, in a step."""

    step: str
    operation: str
    nth: int

    @property
    def service(self) -> str:
        """The service, by botocore's name."""
        return self.operation.partition(".")[0]

    @property
    def call(self) -> str:
        """The operation, with its number where it is called more than once."""
        return self.operation if self.nth == 1 else f"{self.operation} ({self.nth})"


@dataclass(frozen=True, kw_only=True)
class Finished:
    """One run: the execution, and what it changed since before it."""

    execution: AutomationExecution
    changed: Mapping[str, Any]
    calls: tuple[LoggedCall, ...]

    def reached(self, scenario: Scenario) -> bool:
        """Whether the state is now what the scenario wants, by whatever way."""
        return self.execution.status == scenario.status and self.changed == scenario.expected

    def is_as_expected(self, scenario: Scenario) -> bool:
        """Whether it ended as the scenario says, and where."""
        return (
            self.reached(scenario)
            and self.execution.steps[-1].name == scenario.last_step
            and scenario.message in self.execution.failure_message
        )

    def has_a_version_too_many(self, scenario: Scenario) -> bool:
        """Whether the state is right, but for a second version of the same content."""
        versions = "overrides: versions"
        one_more = {**scenario.expected, versions: scenario.expected.get(versions, 0) + 1}
        return self.execution.status == scenario.status and self.changed == one_more


def prepared(aws: LocalAws, scenario: Scenario) -> World:
    """A new world in the situation of a scenario."""
    world = build(aws, scenario.policy)
    scenario.prepare(world)
    return world


def run(world: World, scenario: Scenario, before: Mapping[str, Any] | None = None) -> Finished:
    """Run it once; what it changed is told from `before`, by default from now."""
    before = before or world.picture()
    calls = world.aws.state.calls.calls
    calls.clear()
    execution = world.run(scenario.document, scenario.node, scenario.parameters)
    made = tuple(each for each in calls if each.operation != "CreateDocument")
    return Finished(
        execution=execution,
        changed=changes(before, world.picture()),
        calls=made,
    )


def finish_all(aws: LocalAws) -> dict[str, tuple[Finished, Finished]]:
    """Every scenario by its title, run twice."""
    finished = {}
    for scenario in SCENARIOS:
        world = prepared(aws, scenario)
        finished[scenario.title] = run(world, scenario), run(world, scenario)
    return finished


def run_with_fault(
    aws: LocalAws, scenario: Scenario, fault: Fault
) -> tuple[Finished, Finished, Finished]:
    """Three runs: with the fault, without it, and once more."""
    world = prepared(aws, scenario)
    before = world.picture()
    world.aws.state.faults.pending.append(fault)
    faulty = run(world, scenario, before)
    world.aws.state.faults.pending.clear()
    return faulty, run(world, scenario, before), run(world, scenario)


def call_sites(world: World, finished: Finished) -> Iterator[CallSite]:
    """The AWS calls of a run, those of child executions and of Lambda functions among them."""
    executions = world.aws.state.automation.at(world.place)
    steps = {each.id: iter(each.made) for each in executions.values()}
    counted: Counter[str] = Counter()
    for call in finished.calls:
        operation = f"{call.service}.{call.operation}"
        counted[operation] += 1
        made_by = call.principal.rpartition("/Automation-")[2]
        step = next(steps[made_by]) if made_by in steps else "the Lambda function"
        if made_by in steps and made_by != finished.execution.id:
            step = f"{executions[made_by].document_name}: {step}"
        yield CallSite(step=step, operation=operation, nth=counted[operation])
