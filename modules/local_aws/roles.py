"""Taking on a role: STS for callers, and AWS services for themselves.

Sources: API reference of AssumeRole; "IAM roles terms and concepts" (trust policy); the confused
deputy keys aws:SourceAccount and aws:SourceArn, which a service sends along.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import TYPE_CHECKING

from modules.local_aws import moto_backends
from modules.local_aws.call import Call, Operation, Result
from modules.local_aws.errors import AwsError
from modules.local_aws.permissions import Need, may
from modules.local_aws.policy_evaluation import Caller, Request, Verdict, evaluate
from modules.local_aws.policy_matching import context_of
from modules.local_aws.principals import Principal, role_session

if TYPE_CHECKING:
    from modules.local_aws.state import State


def trusts(state: State, role_arn: str, caller: Caller, keys: Mapping[str, str | None]) -> Verdict:
    """What a role's trust policy says of a caller; NOTHING for a role that is not there (yet)."""
    role = moto_backends.find_role(role_arn)
    if role is None:
        return Verdict.NOTHING
    born = state.role_births.get(role_arn)
    if born and (state.now() - born).total_seconds() < state.switches.role_delay_seconds:
        return Verdict.NOTHING
    request = Request(
        caller=caller,
        action="sts:AssumeRole",
        resource=role_arn,
        context=context_of(keys),
    )
    return evaluate(moto_backends.parse_policy(role.assume_role_policy_document), request)


def assume_for_service(
    state: State, role_arn: str, service: str, *, session: str, source_arn: str
) -> Principal | None:
    """A service takes on a role for one of the account's resources; None where it may not."""
    keys = {"aws:SourceAccount": source_arn.split(":")[4], "aws:SourceArn": source_arn}
    if trusts(state, role_arn, Caller(service=service), keys) is not Verdict.ALLOW:
        return None
    return role_session(role_arn, moto_backends.find_role(role_arn).id, session)


def _assume_role(state: State, call: Call) -> Result:
    arn, session = call.parameters["RoleArn"], call.parameters["RoleSessionName"]
    principal = call.principal
    caller = Caller(
        arns=tuple(a for a in (principal.arn, principal.role_arn) if a), account=principal.account
    )
    keys = {
        "aws:PrincipalAccount": principal.account,
        "aws:PrincipalArn": caller.arns[-1],
        "sts:ExternalId": call.parameters.get("ExternalId"),
    }
    verdict = trusts(state, arn, caller, keys)
    own_account = arn.split(":")[4] == principal.account
    allowed = may(state, principal, Need(action="sts:AssumeRole", resource=arn))
    # Within an account a trust policy that names the caller is enough; else both sides allow it.
    if verdict not in {Verdict.ALLOW, Verdict.DELEGATE} or not (
        allowed or (own_account and verdict is Verdict.ALLOW)
    ):
        raise AwsError(
            "AccessDenied",
            f"User: {principal.arn} is not authorized to perform: sts:AssumeRole "
            f"on resource: {arn}",
            status=403,
        )
    assumed = role_session(arn, moto_backends.find_role(arn).id, session)
    credentials = state.sessions.start(assumed)
    lifetime = timedelta(seconds=call.parameters.get("DurationSeconds", 3600))
    return {
        "Credentials": {
            "AccessKeyId": credentials.access_key_id,
            "SecretAccessKey": credentials.secret_access_key,
            "SessionToken": credentials.session_token,
            "Expiration": state.now() + lifetime,
        },
        "AssumedRoleUser": {"AssumedRoleId": assumed.user_id, "Arn": assumed.arn},
    }


def _get_caller_identity(_state: State, call: Call) -> Result:
    who = call.principal
    return {"UserId": who.user_id, "Account": who.account, "Arn": who.arn}


def _note_birth(state: State, call: Call) -> None:
    """CreateRole is moto's; by which clock the role is new is ours."""
    path, name = call.parameters.get("Path", "/"), call.parameters["RoleName"]
    state.role_births[f"arn:aws:iam::{call.account}:role{path}{name}"] = state.now()


IAM_OPERATIONS: Mapping[str, Operation] = {"CreateRole": _note_birth}
OPERATIONS: Mapping[str, Operation] = {
    "AssumeRole": _assume_role,
    "GetCallerIdentity": _get_caller_identity,
}
