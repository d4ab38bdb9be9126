"""Reviews one plan in a process of its own: `python -m modules.run_task.worker OPTIONS < PLAN`.

The plan comes on standard input, the result goes to standard output as JSON. The process has a
limit of memory, and none of the service's secrets.
"""

from __future__ import annotations

import json
import os
import resource
import sys
from collections.abc import Mapping
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from modules.review.errors import ReviewError
from modules.review.fleet import load_fleet
from modules.review.plan import build_plan
from modules.review.plan_source import plan_document
from modules.review.review import review
from modules.review.when import Clock
from modules.run_task.outcomes import result_of
from modules.run_task.result import Result, failed

OUT_OF_MEMORY = 3
_POLITE = 10  # the service itself answers first


def main(options: Mapping[str, Any]) -> int:
    """Print the result; exit status 3 where the memory did not suffice."""
    os.nice(_POLITE)
    limit = options["memory_mb"] << 20
    resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))  # a plan is a secret
    try:
        result = _result(options)
        sys.stdout.write(json.dumps(asdict(result)))
    except MemoryError:
        return OUT_OF_MEMORY
    return 0


def _result(options: Mapping[str, Any]) -> Result:
    zone = options["timezone"]
    clock = Clock(
        start=datetime.now(UTC), zone=UTC if zone == "UTC" else ZoneInfo(zone), zone_name=zone
    )
    try:
        plan = build_plan(plan_document(sys.stdin.buffer.read()))
        fleet = load_fleet(Path(options["fleet"])) if options["fleet"] else None
        report = review(plan, clock, "plan", options["allow"], fleet)
    except ReviewError as error:
        return failed(f"The plan cannot be reviewed: {error}")
    return result_of(report, options["fail_on"])


if __name__ == "__main__":
    sys.exit(main(json.loads(sys.argv[1])))
