"""What must hold in a deployed patch policy: the scenarios, and what nodes and services do."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any

from botocore.exceptions import ClientError

from modules.local_aws import moto_backends
from modules.local_aws.automation import Start, execute
from modules.local_aws.bucket_policies import log_delivery_allowed
from modules.local_aws.direct_calls import DirectCaller
from modules.local_aws.node_identity import principal_of
from modules.local_aws.organizations import Membership
from modules.local_aws.permissions import Need, may
from modules.local_aws.principals import Principal, administrator, role_session
from modules.quick_setup import names
from modules.quick_setup.associations import node_associations
from modules.quick_setup.buckets import access_log_bucket
from modules.quick_setup.iam import policy_document
from tests.simulation.runs import run
from tests.simulation.scenarios import SCENARIOS, Scenario
from tests.simulation.situations import DEFAULT, nothing
from tests.simulation.world import ACCOUNT, ID, OWNER, PLACE, READER, STORE, World

BUCKET, ACCESS_LOG = names.baseline_bucket(ACCOUNT, ID), names.access_log_bucket(ACCOUNT, ID)
FUNCTION = names.baseline_function(ID)
ORGANIZATION: Mapping[str, Any] = {
    **OWNER,
    "sharing": "entire_org",
    "organization": {"id": "o-a1b2c3d4e5"},
}


@dataclass(frozen=True, kw_only=True)
class Check:
    """Something that must hold, in a situation."""

    title: str
    holds: Callable[[World], bool]
    policy: Mapping[str, Any] = field(default_factory=lambda: OWNER)
    prepare: Callable[[World], None] = nothing


def _of(scenario: Scenario) -> Check:
    return Check(
        title=scenario.title,
        policy=scenario.policy,
        prepare=scenario.prepare,
        holds=lambda world: _ends_well(world, scenario),
    )


def _ends_well(world: World, scenario: Scenario) -> bool:
    return run(world, scenario).is_as_expected(scenario)


def _with_default_role(world: World) -> None:
    world.client("ec2").associate_iam_instance_profile(
        InstanceId=world.ids["bare"], IamInstanceProfile={"Name": DEFAULT}
    )
    world.client("ssm").update_managed_instance_role(
        InstanceId=world.ids["office"], IamRole=DEFAULT
    )


def _connects(world: World, node: str) -> bool:
    """The node can take on the default role."""
    machine = world.aws.state.nodes.at(world.place)[world.ids[node]]
    return principal_of(world.aws.state, world.place, machine) is not None


def _node_reads(world: World) -> bool:
    """A node with the default role reads the overrides, as AWS-RunPatchBaseline makes it do."""
    machine = world.aws.state.nodes.at(world.place)[world.ids["bare"]]
    principal = principal_of(world.aws.state, world.place, machine)
    return principal is not None and _reads(world, principal)


def _reads(world: World, principal: Principal) -> bool:
    state = world.aws.state
    caller = DirectCaller(
        state=state,
        region=PLACE.region,
        access_key_id=state.sessions.start(principal).access_key_id,
        before_call=lambda: None,
    )
    try:
        caller.call("s3", "GetObject", {"Bucket": BUCKET, "Key": names.OVERRIDES_KEY})
    except ClientError:
        return False
    return True


def _reader_elsewhere(world: World) -> None:
    """Another account of the organization has a tagged role that may read any object."""
    path = "o-a1b2c3d4e5/r-ab12/ou-ab12-11111111/"
    memberships = {account: Membership(path=path) for account in (ACCOUNT, STORE)}
    world.aws.state.fleet = replace(world.aws.state.fleet, memberships=memberships)
    iam = moto_backends.iam(STORE)
    role = iam.create_role("Reader", "{}", "/", None, "", [], None)
    role.tags = [{"Key": names.role_tag_key(ID), "Value": ID}]
    statement = {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}
    role.policies["Read"] = json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def _reads_from_elsewhere(world: World) -> bool:
    arn = f"arn:aws:iam::{STORE}:role/Reader"
    return _reads(world, role_session(arn, moto_backends.find_role(arn).id, "node"))


def _refuses_untagged(world: World) -> bool:
    return not _reads(world, administrator(ACCOUNT))


def _refuses_plain_http(world: World, bucket: str) -> bool:
    need = Need(
        action="s3:PutObject",
        resource=f"arn:aws:s3:::{bucket}/key",
        bucket=bucket,
        keys={"aws:SecureTransport": "false"},
    )
    return not may(world.aws.state, administrator(ACCOUNT), need)


def _with_access_log(world: World) -> None:
    """The access-log bucket, which `deploy` leaves out."""
    s3 = world.client("s3")
    s3.create_bucket(Bucket=ACCESS_LOG)
    statements = access_log_bucket(world.policy, PLACE).policy
    s3.put_bucket_policy(Bucket=ACCESS_LOG, Policy=json.dumps(policy_document(statements)))


def _logs_access(world: World) -> bool:
    source, target = map(moto_backends.find_bucket, (BUCKET, ACCESS_LOG))
    return log_delivery_allowed(world.aws.state, source, target, "")


def _function_logs(world: World) -> bool:
    before = _log_events(world)
    event = {"RequestType": "Delete", "ResourceProperties": {"BucketName": BUCKET}}
    world.client("lambda").invoke(FunctionName=FUNCTION, Payload=json.dumps(event))
    return _log_events(world) > before


def _log_events(world: World) -> int:
    group = names.baseline_function_log_group(ID)
    return len(world.client("logs").filter_log_events(logGroupName=group)["events"])


def _enables_explorer(world: World) -> bool:
    """AWS-EnableExplorer turns on what the association asks for, as the explorer role."""
    every = node_associations(world.policy, PLACE)
    spec = next(each for each in every if each.document == "AWS-EnableExplorer")
    start = Start(
        document_name=spec.document,
        parameters={key: [value] for key, value in spec.parameters.items()},
    )
    execution = execute(world.aws.state, *world.place, start)
    settings = world.aws.state.settings.changed
    return execution.status == "Success" and len(settings) > 2


CHECKS: tuple[Check, ...] = (
    *map(_of, SCENARIOS),
    Check(
        title="an instance takes on the default role",
        prepare=_with_default_role,
        policy=READER,
        holds=partial(_connects, node="bare"),
    ),
    Check(
        title="a hybrid node takes on the default role",
        prepare=_with_default_role,
        policy=READER,
        holds=partial(_connects, node="office"),
    ),
    Check(
        title="a node with the default role reads the overrides",
        prepare=_with_default_role,
        holds=_node_reads,
    ),
    Check(
        title="a tagged role elsewhere in the organization reads the overrides",
        policy=ORGANIZATION,
        prepare=_reader_elsewhere,
        holds=_reads_from_elsewhere,
    ),
    Check(title="a role without the tag does not read the overrides", holds=_refuses_untagged),
    Check(
        title="nobody uses the bucket without TLS",
        holds=partial(_refuses_plain_http, bucket=BUCKET),
    ),
    Check(
        title="nobody uses the access-log bucket without TLS",
        prepare=_with_access_log,
        holds=partial(_refuses_plain_http, bucket=ACCESS_LOG),
    ),
    Check(title="S3 delivers the access log", prepare=_with_access_log, holds=_logs_access),
    Check(title="the function writes its log", holds=_function_logs),
    Check(
        title="Explorer is turned on",
        policy={**READER, "explorer": True},
        holds=_enables_explorer,
    ),
)
