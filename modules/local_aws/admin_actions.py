"""What the admin endpoint and `LocalAws` can do to an embedded AWS from outside."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, fields
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from modules.local_aws import fleet_setup, moto_backends
from modules.local_aws.associations import Association, next_run
from modules.local_aws.bucket_policies import log_delivery_allowed
from modules.local_aws.errors import AwsError
from modules.local_aws.fleet import parse_node
from modules.local_aws.permissions import Need, may
from modules.local_aws.principals import ACCOUNT_ID, Principal, administrator, role_session
from modules.local_aws.state_manager.engine import run_until
from modules.local_aws.state_manager.executions import Execution

if TYPE_CHECKING:
    from modules.local_aws.state import State


def reset(state: State) -> dict[str, Any]:
    """Forget everything, and set up the fleet again."""
    moto_backends.reset()
    fresh = type(state)(
        fleet=state.fleet,
        url=state.url,
        application=state.application,
        lock=state.lock,
        engine=state.engine,
    )
    for each in fields(state):
        setattr(state, each.name, getattr(fresh, each.name))
    fleet_setup.set_up(state)
    return {}


def fleet_report(state: State) -> list[dict[str, Any]]:
    """The machines of the fleet with their IDs."""
    return [
        {"id": machine.id, **asdict(machine.node)}
        for machines in state.nodes.by_place.values()
        for machine in machines.values()
    ]


def add_node(state: State, fields: Mapping[str, Any]) -> dict[str, str]:
    """Let a node come up, given as in a fleet file; its account and region are needed too."""
    return {"id": fleet_setup.add_node(state, parse_node(fields)).id}


def move_clock(state: State, body: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Move the clock forward; the runs of associations that there were on the way."""
    if set(body) == {"to"}:
        moment = datetime.fromisoformat(body["to"])
    else:
        moment = state.now() + timedelta(seconds=body["forward_seconds"])
    runs: list[dict[str, Any]] = []

    def tell(place: tuple[str, str], association: Association, execution: Execution) -> None:
        name = association.settings.get("AssociationName", association.id)
        runs.append({"place": place, "association": name, **_execution_report(execution)})

    run_until(state, moment, tell)
    return runs


def associations_report(state: State) -> list[dict[str, Any]]:
    """All associations with the runs that are owed to them."""
    return [
        {
            "account": account,
            "region": region,
            "id": association.id,
            "settings": association.settings,
            "next_run": next_run(association, state.now()),
            "owed": [asdict(request) for request in association.owed],
            "executions": [_execution_report(each) for each in association.history],
        }
        for (account, region), here in state.associations.by_place.items()
        for association in here.values()
    ]


def _execution_report(execution: Execution) -> dict[str, Any]:
    return {
        "reason": execution.reason,
        "created": execution.created,
        "status": execution.status,
        "failure": execution.failure,
        "counts": execution.counts,
    }


def may_read(state: State, principal: str, bucket: str, key: str) -> bool:
    """Whether a role (its ARN), or an account's administrator (its ID), may read an object."""
    need = Need(action="s3:GetObject", resource=f"arn:aws:s3:::{bucket}/{key}", bucket=bucket)
    return may(state, _principal(principal), need)


def _principal(name: str) -> Principal:
    if ACCOUNT_ID.fullmatch(name):
        return administrator(name)
    role = moto_backends.find_role(name) if name.startswith("arn:") else None
    if role is None:
        raise ValueError(f"{name} is neither an account ID nor the ARN of a role that exists")
    return role_session(name, role.id, "who-may-read")


def deliver_access_log(state: State, bucket_name: str) -> dict[str, str]:
    """Put an access log of a bucket where its logging settings say, as S3 does within hours."""
    bucket = moto_backends.find_bucket(bucket_name)
    if bucket is None or not bucket.logging:
        raise ValueError(f"{bucket_name} is not there or has no access logging")
    target = moto_backends.find_bucket(bucket.logging["TargetBucket"])
    prefix = bucket.logging["TargetPrefix"]
    if target is None or not log_delivery_allowed(state, bucket, target, prefix):
        raise AwsError("AccessDenied", f"S3 may not write to {bucket.logging['TargetBucket']}")
    key = f"{prefix}{state.now():%Y-%m-%d-%H-%M-%S}-0123456789ABCDEF"
    moto_backends.put_object(target, key, f"{bucket.account_id} {bucket_name} REST.GET.OBJECT\n")
    return {"bucket": target.name, "key": key}
