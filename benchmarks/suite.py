"""Which figures there are, and how each is measured."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from statistics import median

from benchmarks.big_plan import write_big_plan, write_single_plan
from benchmarks.figures import Figure, Limit
from benchmarks.measure import Command, Measurement, measure
from benchmarks.prebuilt_environment import prepare
from benchmarks.resources import check_same, write_resources
from benchmarks.workloads import TOOLS, Workloads

ROUNDS = 3
# Short runs see a moment's load, so that there are more of them, spread between the long ones.
APPS = ("example", "generate", "bare") * 4 + ("prebuilt",)


def measure_figures(workloads: Workloads) -> list[Figure]:
    """Runs everything; a few minutes. CommandFailedError or DifferentResourcesError: no result."""
    return [
        *_apps(workloads),
        *_fleets(workloads),
        *_month(workloads),
        *_reviews(workloads),
        _unit_tests(workloads),
    ]


def _apps(workloads: Workloads) -> list[Figure]:
    resources = workloads.scratch / "resources.json"
    python = prepare(TOOLS / "prebuilt-bindings")
    example = workloads.example()
    bare, prebuilt = workloads.bare(resources), workloads.prebuilt(resources, python)
    generate = workloads.generate()
    measure(generate)
    measure(example)
    write_resources(workloads.output("example"), resources)
    for name, command in {"bare": bare, "prebuilt": prebuilt}.items():
        measure(command)  # fills the caches of jsii and of Python
        check_same(workloads.output("example"), workloads.output(name))
    commands = {"example": example, "generate": generate, "bare": bare, "prebuilt": prebuilt}
    found = _interleaved(commands, APPS * ROUNDS)
    return [*_against_bare(found), *_against_prebuilt(found), *_generated(found)]


def _against_bare(found: Mapping[str, Measurement]) -> list[Figure]:
    example, bare = found["example"], found["bare"]
    name, limit = "example policy, {}, beside a bare app", Limit.AT_MOST_TIMES
    return [
        _beside(name.format("time"), "s", (example.seconds, bare.seconds), limit, 1.5),
        _beside(name.format("memory"), "MiB", (example.peak_mib, bare.peak_mib), limit, 1.3),
    ]


def _generated(found: Mapping[str, Measurement]) -> list[Figure]:
    name, seconds = "plain Terraform of the example policy, time", found["generate"].seconds
    app = found["example"].seconds
    return [
        _at_most(name, "s", seconds, 1.5),
        _beside(f"{name}, beside the app", "s", (seconds, app), Limit.AT_MOST_TIMES, 1.5),
    ]


def _against_prebuilt(found: Mapping[str, Measurement]) -> list[Figure]:
    example, prebuilt = found["example"], found["prebuilt"]
    name, limit = "example policy, {}, beside prebuilt bindings", Limit.AT_LEAST_TIMES_LESS
    return [
        _beside(name.format("time"), "s", (example.seconds, prebuilt.seconds), limit, 15),
        _beside(name.format("memory"), "MiB", (example.peak_mib, prebuilt.peak_mib), limit, 5),
    ]


def _fleets(workloads: Workloads) -> list[Figure]:
    commands = {"half": workloads.fleet(25), "whole": workloads.fleet(50)}
    found = _interleaved(commands, ("half", "whole") * ROUNDS)
    name, whole, half = "50 policies in 4 regions, time", found["whole"], found["half"]
    return [
        _at_most(name, "s", whole.seconds, 30),
        _beside(f"{name}, beside 25", "s", (whole.seconds, half.seconds), Limit.AT_MOST_TIMES, 2.1),
    ]


def _month(workloads: Workloads) -> list[Figure]:
    month = measure(workloads.month())
    name = "30 days of State Manager over 2,000 nodes"
    return [
        _at_most(f"{name}, time", "s", month.seconds, 60),
        _at_most(f"{name}, memory", "MiB", month.peak_mib, 1024),
    ]


def _reviews(workloads: Workloads) -> list[Figure]:
    commands = {
        "single": workloads.review(write_single_plan(workloads.scratch / "single.json")),
        "big": workloads.review(write_big_plan(workloads.scratch / "big.json")),
    }
    measure(commands["single"])  # fills Python's cache of bytecode
    found = _interleaved(commands, ("single", "big") * ROUNDS)
    single, big = found["single"], found["big"]
    return [
        _at_most("review of a single-policy plan, time", "s", single.seconds, 0.7),
        _at_most("review of 5,000 resources in 50 MB, time", "s", big.seconds, 3),
        _at_most("review of 5,000 resources in 50 MB, memory", "MiB", big.peak_mib, 500e6 / 2**20),
    ]


def _unit_tests(workloads: Workloads) -> Figure:
    return _at_most("fast tests, time", "s", measure(workloads.unit_tests()).seconds, 20)


def _at_most(name: str, unit: str, measured: float, bound: float) -> Figure:
    return Figure(name=name, unit=unit, measured=measured, limit=Limit.AT_MOST, bound=bound)


def _beside(name: str, unit: str, both: tuple[float, float], limit: Limit, bound: float) -> Figure:
    """What was measured, and its baseline in the same run."""
    measured, baseline = both
    return Figure(
        name=name, unit=unit, measured=measured, baseline=baseline, limit=limit, bound=bound
    )


def _interleaved(commands: Mapping[str, Command], order: Sequence[str]) -> dict[str, Measurement]:
    """The medians of runs in turn, so that a load on the machine meets all commands alike."""
    runs: dict[str, list[Measurement]] = {name: [] for name in commands}
    for name in order:
        sys.stderr.write(f"measuring {commands[name].folder.name} ...\n")
        runs[name].append(measure(commands[name]))
    return {
        name: Measurement(
            seconds=median(run.seconds for run in found),
            peak_mib=median(run.peak_mib for run in found),
        )
        for name, found in runs.items()
    }
