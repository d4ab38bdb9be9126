"""NameTagRemediation on many nodes: its calls are counted, and its time is computed.

`tests/unit/documents/test_remove_stale_name_tags.py` counts the same for 50,000 nodes; here the
runbook itself runs, with its role, and finds and removes real tags.
"""

from __future__ import annotations

import pytest

from modules.local_aws import Fleet, LocalAws
from modules.local_aws.deploy import deploy
from modules.local_aws.fleet import Node
from modules.policy.build import build_policy
from tests.simulation.scenarios import STALE
from tests.simulation.situations import NAME_TAG
from tests.simulation.world import ACCOUNT, READER, REGION, World

NODES = 2_000
BEYOND = {"targets": {"tag": {"key": "Env", "value": "nothing"}}}


def tagged_world(aws: LocalAws, kind: str) -> World:
    """All nodes carry the name tag, and the policy targets none of them."""
    nodes = tuple(
        Node(
            name=f"n{number}",
            kind=kind,
            account=ACCOUNT,
            region=REGION,
            agent=False,
            tags={NAME_TAG: "production"},
        )
        for number in range(NODES)
    )
    aws.state.fleet = Fleet(nodes=nodes)
    aws.reset()
    policy = build_policy({**READER, **BEYOND})
    deploy(aws.state, [policy], ACCOUNT)
    return World(aws, policy, {})


@pytest.mark.parametrize(
    ("kind", "nodes_per_call"),
    [
        # DescribeTags gives 1,000 a page, and DeleteTags takes 500.
        ("ec2", 300),
        # GetResources gives 100 a page, and UntagResources takes 20: finding 20 nodes takes 0.2
        # calls, and untagging them one. No API of AWS gives or takes more, so 16.7 is the best.
        ("hybrid", 16.5),
    ],
)
def test_calls_and_time_grow_with_the_nodes_alone(
    aws: LocalAws, kind: str, nodes_per_call: float
) -> None:
    world = tagged_world(aws, kind)
    aws.state.switches.call_seconds = 0.1
    execution = world.run(STALE)
    assert execution.status == "Success", execution.failure_message
    assert execution.outputs["removeStaleNameTags.Removed"] == [str(NODES)]
    assert execution.calls <= NODES / nodes_per_call + 1
    assert execution.ended is not None
    seconds = (execution.ended - execution.started).total_seconds()
    assert seconds == pytest.approx(execution.calls * 0.1)
    assert seconds / NODES * 50_000 < 600, "50,000 nodes would take too long"
