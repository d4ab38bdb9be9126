"""Every statement of every IAM policy that we ship, and what goes wrong without it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from botocore.exceptions import ClientError

from modules.local_aws import LocalAws, moto_backends
from modules.local_aws.errors import AwsError
from modules.quick_setup import names
from tests.simulation.checks import CHECKS, Check
from tests.simulation.tables import Table
from tests.simulation.world import ACCOUNT, World, build

TEXT = """\
Every statement of the policies that a patch policy deploys: of its roles, their trust policies and
its buckets. Without the one statement, and with all others, this does not end as it should."""

TRUST, MANAGED = "trust policy", "managed policy"


@dataclass(frozen=True, kw_only=True, order=True)
class StatementId:
    """One statement, by whose it is and in which policy."""

    owner: str
    policy: str
    sid: str


def _policies(world: World) -> Iterator[tuple[str, str, Mapping[str, Any]]]:
    """Every policy that the world's patch policy deployed: owner, name, document."""
    for role in moto_backends.iam(ACCOUNT).roles.values():
        if "QuickSetup" in role.name or "baseline-overrides" in role.name:
            yield role.name, TRUST, json.loads(role.assume_role_policy_document)
            for name, text in role.policies.items():
                yield role.name, name, json.loads(text)
    for policy in moto_backends.iam(ACCOUNT).managed_policies.values():
        if policy.name == names.BASELINE_POLICY:
            yield policy.name, MANAGED, json.loads(policy.versions[0].document)
    for bucket, text in world.aws.state.bucket_policies.texts.items():
        yield bucket.name, "bucket policy", json.loads(text)


def statements(world: World) -> Iterator[StatementId]:
    """Every statement that is in force in a world."""
    for owner, policy, document in _policies(world):
        for statement in document["Statement"]:
            yield StatementId(owner=owner, policy=policy, sid=statement["Sid"])


def remove(world: World, removed: StatementId) -> None:
    """Take one statement out of its policy, and leave the others in it."""
    for owner, policy, document in _policies(world):
        if (owner, policy) == (removed.owner, removed.policy):
            kept = [each for each in document["Statement"] if each["Sid"] != removed.sid]
            _replace(world, removed, json.dumps({**document, "Statement": kept}))


def _replace(world: World, changed: StatementId, text: str) -> None:
    iam = moto_backends.iam(ACCOUNT)
    roles = {role.name: role for role in iam.roles.values()}
    if changed.owner not in roles and changed.policy == MANAGED:
        for policy in iam.managed_policies.values():
            if policy.name == changed.owner:
                policy.versions[0].document = text
    elif changed.owner not in roles:
        world.aws.state.bucket_policies.texts[moto_backends.find_bucket(changed.owner)] = text
    elif changed.policy == TRUST:
        roles[changed.owner].assume_role_policy_document = text
    else:
        roles[changed.owner].policies[changed.policy] = text


def _is_missed(aws: LocalAws, statement: StatementId, check: Check) -> bool:
    """Whether a check fails without the statement."""
    world = build(aws, check.policy)
    check.prepare(world)
    if statement not in set(statements(world)):
        return False
    remove(world, statement)
    try:
        return not check.holds(world)
    except (AwsError, ClientError):
        return True


def table(aws: LocalAws) -> Table:
    """A row for each statement."""
    every: dict[StatementId, None] = {}
    for check in CHECKS:
        world = build(aws, check.policy)
        check.prepare(world)
        every.update(dict.fromkeys(statements(world)))
    empty = Table(
        name="permissions",
        title="Statements of the IAM policies, and what goes wrong without them",
        text=TEXT,
        columns=("of", "policy", "statement", "without it this fails"),
        rows=[],
    )
    known = {row[:3]: row[3] for row in empty.written_rows()}
    rows = []
    for each in sorted(every):
        place = (each.owner, each.policy, each.sid)
        rows.append((*place, _missing(aws, each, known.get(place, ""))))
    return replace(empty, rows=rows)


def _missing(aws: LocalAws, statement: StatementId, known: str) -> str:
    """A check that fails without the statement: the one that is known, or else the first."""
    likely_first = sorted(CHECKS, key=lambda check: check.title != known)
    return next((each.title for each in likely_first if _is_missed(aws, statement, each)), "")
