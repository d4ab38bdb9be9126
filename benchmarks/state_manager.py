"""`python -m benchmarks.state_manager`: a month of State Manager over 2,000 nodes, in one process.

A fleet as accounts have them: most nodes with a role of their own, some without, some hybrid, of
four operating systems. The policy is the example's, without leave to touch the roles that nodes
have, so that every second node may not read the overrides, and with no limit of errors.
"""

from __future__ import annotations

import json
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from modules.local_aws import LocalAws
from modules.local_aws.deploy import deploy
from modules.local_aws.fleet import Fleet, Node
from modules.local_aws.fleet_setup import add_node
from modules.local_aws.principals import DEFAULT_ACCOUNT
from modules.policy.loader import load_policy
from modules.policy.model import PatchPolicy

EXAMPLE = Path(__file__).resolve().parents[1] / "examples" / "patch_policy.yaml"
START = datetime(2026, 3, 2, 10, 0, tzinfo=UTC)
NODES, DAYS = 2000, 30
SYSTEMS = ("AMAZON_LINUX_2023", "REDHAT_ENTERPRISE_LINUX", "UBUNTU", "WINDOWS")


def fleet(count: int, region: str) -> Iterator[Node]:
    """Of ten nodes seven have a role of their own, two have none, and one is hybrid."""
    for number in range(count):
        node = Node(
            name=f"node-{number}",
            account=DEFAULT_ACCOUNT,
            region=region,
            operating_system=SYSTEMS[number % len(SYSTEMS)],
            tags={"Env": "prod"},
        )
        if number % 10 < 7:
            yield replace(node, profile=f"App{number % 20}", role=f"App{number % 20}Role")
        elif number % 10 < 9:
            yield node
        else:
            yield replace(node, kind="hybrid", role="HybridNodeRole")


def without_limits(policy: PatchPolicy) -> PatchPolicy:
    """The policy for roles as they are, whatever fails."""
    return replace(
        policy,
        rate_control=replace(policy.rate_control, max_errors="100%"),
        instance_roles=replace(policy.instance_roles, attach_policies_to_existing=False),
    )


def main() -> int:
    """Let the month pass, and say what ran."""
    count, days = (*map(int, sys.argv[1:]), *(NODES, DAYS)[len(sys.argv) - 1 :])
    policy = without_limits(load_policy(EXAMPLE))
    runs: Counter[str] = Counter()
    with LocalAws.start(Fleet()) as aws:
        aws.state.clock.hold(START)
        for node in fleet(count, policy.home_region):
            add_node(aws.state, node)
        deploy(aws.state, [policy], DEFAULT_ACCOUNT)
        aws.advance(timedelta(days=days), lambda _place, _association, run: runs.update(run.counts))
        reported = len(aws.state.patching.reports)
    sys.stdout.write(json.dumps({"targets": dict(runs), "reported": reported}) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
