"""Fleets in the embedded AWS: deployed by its API, run by moving its clock, and looked at."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from modules.local_aws import Fleet, LocalAws
from modules.local_aws.deploy import deploy
from modules.local_aws.direct_calls import DirectCaller
from modules.local_aws.fleet import Node, parse_node
from modules.local_aws.fleet_setup import add_node
from modules.local_aws.managed_nodes import ManagedNode
from modules.local_aws.state_manager.executions import Execution
from modules.policy.loader import load_policy
from modules.policy.model import PatchPolicy

ROOT = Path(__file__).parents[2]
ACCOUNT, REGION = "123456789012", "ap-northeast-1"
PLACE = (ACCOUNT, REGION)
SATURDAY = datetime(2026, 3, 7, 20, 0, tzinfo=UTC)
PREFIX = "AWS-QuickSetup-PatchPolicy-"


@dataclass(frozen=True, kw_only=True)
class Ran:
    """One run of an association, as it was told when it was over."""

    time: datetime
    association: str
    reason: str
    status: str
    targets: Mapping[str, str]


@dataclass
class Simulation:
    """An embedded AWS whose clock stands, and what has run in it."""

    aws: LocalAws
    history: list[Ran]

    def call(self, service: str, operation: str, **parameters: Any) -> dict[str, Any]:
        caller = DirectCaller(
            state=self.aws.state, region=REGION, access_key_id=ACCOUNT, before_call=lambda: None
        )
        return caller.call(service, operation, parameters)

    def pages(self, operation: str, key: str, **parameters: Any) -> Iterator[dict[str, Any]]:
        token: dict[str, str] = {}
        while token is not None:
            answer = self.call("ssm", operation, **parameters, **token)
            yield from answer[key]
            if "NextToken" not in answer:
                return
            token = {"NextToken": answer["NextToken"]}

    def deploy(self, policy: PatchPolicy) -> None:
        deploy(self.aws.state, [policy], ACCOUNT)

    def forward(self, **duration: float) -> list[Ran]:
        """Move the clock; what ran on the way."""
        before = len(self.history)
        self.aws.advance(timedelta(**duration), self._tell)
        return self.history[before:]

    def _tell(self, _place: object, association: Any, run: Execution) -> None:
        names = {machine.id: machine.node.name for machine in self.machines.values()}
        name = association.settings["AssociationName"].removeprefix(PREFIX)
        self.history.append(
            Ran(
                time=run.created,
                association=name.removesuffix("-a1b2c"),
                reason=run.reason,
                status=run.status,
                targets={names.get(t.resource_id, "-"): t.status for t in run.targets},
            )
        )

    @property
    def machines(self) -> dict[str, ManagedNode]:
        """The nodes by name."""
        return {m.node.name: m for m in self.aws.state.nodes.at(PLACE).values()}

    def association(self, name: str) -> Any:
        """An association by the part of its name that says what it is for."""
        here = self.aws.state.associations.at(PLACE).values()
        return next(a for a in here if a.settings["AssociationName"].startswith(PREFIX + name))


def policy(**changes: Any) -> PatchPolicy:
    """The example policy, for a small fleet: nobody's failure stops the others."""
    found = load_policy(ROOT / "examples" / "patch_policy.yaml")
    return replace(
        found,
        rate_control=replace(found.rate_control, max_errors="100%"),
        instance_roles=replace(found.instance_roles, attach_policies_to_existing=False),
        **changes,
    )


def attaching(found: PatchPolicy) -> PatchPolicy:
    """The policy, with leave to complete roles that nodes have already."""
    roles = replace(found.instance_roles, attach_policies_to_existing=True)
    return replace(found, instance_roles=roles)


def node(name: str, **fields: Any) -> Node:
    """A node under the policy."""
    tags = {"tags": {"Env": "prod"}}
    return parse_node({"name": name, "account": ACCOUNT, "region": REGION, **tags, **fields})


@contextmanager
def simulation(nodes: Sequence[Node], **fleet: Any) -> Iterator[Simulation]:
    """An embedded AWS with these nodes, on a Saturday evening."""
    with LocalAws.start(Fleet(**fleet)) as aws:
        aws.state.clock.hold(SATURDAY)
        for each in nodes:
            add_node(aws.state, each)
        yield Simulation(aws=aws, history=[])
