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
    return [
        Figure(
            name="example policy, time, beside a bare app",
            unit="s",
            measured=example.seconds,
            baseline=bare.seconds,
            limit=Limit.AT_MOST_TIMES,
            bound=1.5,
        ),
        Figure(
            name="example policy, memory, beside a bare app",
            unit="MiB",
            measured=example.peak_mib,
            baseline=bare.peak_mib,
            limit=Limit.AT_MOST_TIMES,
            bound=1.3,
        ),
    ]


def _generated(found: Mapping[str, Measurement]) -> list[Figure]:
    seconds = found["generate"].seconds
    return [
        Figure(
            name="plain Terraform of the example policy, time",
            unit="s",
            measured=seconds,
            limit=Limit.AT_MOST,
            bound=1.5,
        ),
        Figure(
            name="plain Terraform of the example policy, time, beside the app",
            unit="s",
            measured=seconds,
            baseline=found["example"].seconds,
            limit=Limit.AT_MOST_TIMES,
            bound=1.5,
        ),
    ]


def _against_prebuilt(found: Mapping[str, Measurement]) -> list[Figure]:
    example, prebuilt = found["example"], found["prebuilt"]
    return [
        Figure(
            name="example policy, time, beside prebuilt bindings",
            unit="s",
            measured=example.seconds,
            baseline=prebuilt.seconds,
            limit=Limit.AT_LEAST_TIMES_LESS,
            bound=15,
        ),
        Figure(
            name="example policy, memory, beside prebuilt bindings",
            unit="MiB",
            measured=example.peak_mib,
            baseline=prebuilt.peak_mib,
            limit=Limit.AT_LEAST_TIMES_LESS,
            bound=5,
        ),
    ]


def _fleets(workloads: Workloads) -> list[Figure]:
    commands = {"half": workloads.fleet(25), "whole": workloads.fleet(50)}
    found = _interleaved(commands, ("half", "whole") * ROUNDS)
    whole = found["whole"].seconds
    return [
        Figure(
            name="50 policies in 4 regions, time",
            unit="s",
            measured=whole,
            limit=Limit.AT_MOST,
            bound=30,
        ),
        Figure(
            name="50 policies in 4 regions, time, beside 25",
            unit="s",
            measured=whole,
            baseline=found["half"].seconds,
            limit=Limit.AT_MOST_TIMES,
            bound=2.1,
        ),
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


def _at_most(name: str, unit: str, measured: float, bound: float) -> Figure:
    return Figure(name=name, unit=unit, measured=measured, limit=Limit.AT_MOST, bound=bound)


def _unit_tests(workloads: Workloads) -> Figure:
    return Figure(
        name="fast tests, time",
        unit="s",
        measured=measure(workloads.unit_tests()).seconds,
        limit=Limit.AT_MOST,
        bound=20,
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
