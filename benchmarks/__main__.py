"""`python -m benchmarks [--json FILE]`: measures everything, one table, exit status 1 on a miss."""

from __future__ import annotations

import argparse
import json
import os
import platform
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path

from benchmarks.measure import CommandFailedError
from benchmarks.report import as_json, render_table
from benchmarks.resources import DifferentResourcesError
from benchmarks.suite import measure_figures
from benchmarks.workloads import Workloads

PROCESSORS = 2


def main() -> int:
    """Measures, reports, and says by the status whether all limits are met."""
    parser = argparse.ArgumentParser(prog="benchmarks", description=__doc__)
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures to a file too")
    file: Path | None = parser.parse_args().json
    if not sys.platform.startswith("linux"):
        parser.error("memory is read from /proc: run it on Linux")
    os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:PROCESSORS])
    machine = _machine()
    with tempfile.TemporaryDirectory() as scratch:
        try:
            figures = measure_figures(Workloads(scratch=Path(scratch)))
        except (CommandFailedError, DifferentResourcesError) as error:
            sys.stderr.write(f"{error}\n")
            return 2
    machine["load_after"] = os.getloadavg()[0]
    sys.stdout.write(f"{render_table(figures)}\n\n{_in_words(machine)}\n")
    if file:
        text = json.dumps(as_json(figures, machine), indent=2) + "\n"
        file.write_text(text, encoding="utf-8")
    return 0 if all(figure.is_met for figure in figures) else 1


def _machine() -> dict[str, object]:
    return {
        "processors": len(os.sched_getaffinity(0)),
        "python": platform.python_version(),
        "system": f"{platform.system()} {platform.machine()}",
        "load_before": os.getloadavg()[0],
    }


def _in_words(machine: Mapping[str, object]) -> str:
    return ", ".join(f"{key.replace('_', ' ')} {value}" for key, value in machine.items())


if __name__ == "__main__":
    sys.exit(main())
