"""Reviews plans, each in a process of its own: `python -m modules.run_task.worker OPTIONS`.

Plans come as open files over the socket that is its standard input. Each is reviewed by a fork, in
which every module is loaded already, and whose memory is given back whole. For each plan there is a
line of JSON on standard output: the result, or with which exit status the fork ended without one.
All of them have a limit of memory, and none of the service's secrets.
"""

from __future__ import annotations

import gc
import json
import os
import resource
import socket
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
_FAULT = 1


def main(options: Mapping[str, Any]) -> int:
    """Review what comes, until the service ends the connection."""
    limit = options["memory_mb"] << 20
    resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))  # a plan is a secret
    gc.disable()  # forks are short, and what is loaded lives to the end
    with socket.socket(fileno=os.dup(sys.stdin.fileno())) as orders:
        while plans := socket.recv_fds(orders, 1, 1)[1]:
            status = _in_a_fork(plans[0], options)
            if status != 0:
                _say({"exit_status": status})
    return 0


def _in_a_fork(plan: int, options: Mapping[str, Any]) -> int:
    """Review an open file; the exit status of the process that did."""
    pid = os.fork()
    if pid == 0:
        status = _FAULT
        try:
            status = _review(plan, options)
        finally:
            os._exit(status)  # whatever happened, this is no second worker
    os.close(plan)
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


def _review(plan: int, options: Mapping[str, Any]) -> int:
    try:
        with os.fdopen(plan, "rb") as file:
            content = file.read()
        _say(asdict(_result(content, options)))
    except MemoryError:
        return OUT_OF_MEMORY
    return 0


def _say(content: Mapping[str, Any]) -> None:
    sys.stdout.write(json.dumps(content) + "\n")
    sys.stdout.flush()


def _result(content: bytes, options: Mapping[str, Any]) -> Result:
    zone = options["timezone"]
    clock = Clock(
        start=datetime.now(UTC), zone=UTC if zone == "UTC" else ZoneInfo(zone), zone_name=zone
    )
    try:
        plan = build_plan(plan_document(content))
        fleet = load_fleet(Path(options["fleet"])) if options["fleet"] else None
        report = review(plan, clock, "plan", options["allow"], fleet)
    except ReviewError as error:
        return failed(f"The plan cannot be reviewed: {error}")
    return result_of(report, options["fail_on"])


if __name__ == "__main__":
    sys.exit(main(json.loads(sys.argv[1])))
