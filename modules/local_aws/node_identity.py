"""Who a node is to AWS: the role that its agent acts as, and whether that connects it.

Sources: "Configure instance permissions required for Systems Manager"; "Using instance profiles"
in the IAM User Guide (EC2 takes on the role in the profile, so the role must trust it); "Create
the IAM service role required for Systems Manager in hybrid and multicloud environments" (it trusts
ssm.amazonaws.com); API reference of UpdateInstanceInformation, the agent's sign of life.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from modules.local_aws import moto_backends
from modules.local_aws.moto_backends import MotoObject, Place
from modules.local_aws.permissions import Need, may
from modules.local_aws.roles import assume_for_service

if TYPE_CHECKING:
    from modules.local_aws.managed_nodes import ManagedNode
    from modules.local_aws.principals import Principal
    from modules.local_aws.state import State

AGENT_PERMISSION = "ssm:UpdateInstanceInformation"
_GONE = frozenset({"shutting-down", "terminated"})


def exists(place: Place, machine: ManagedNode) -> bool:
    """Whether the machine has not been terminated."""
    return machine.is_hybrid or moto_backends.instance_state(place, machine.id) not in _GONE


def is_running(place: Place, machine: ManagedNode) -> bool:
    """Whether the machine is up."""
    if machine.is_hybrid:
        return machine.node.state == "running"
    return moto_backends.instance_state(place, machine.id) == "running"


def role_of(place: Place, machine: ManagedNode) -> MotoObject:
    """The role in an instance's profile, or a hybrid node's own; None for a node without."""
    if not machine.is_hybrid:
        return moto_backends.instance_role(place, machine.id)
    return moto_backends.role_by_name(place[0], machine.role) if machine.role else None


def principal_of(state: State, place: Place, machine: ManagedNode) -> Principal | None:
    """The node as a caller; None where it has no role, or one that does not trust its service."""
    role = role_of(place, machine)
    if role is None:
        return None
    service = "ssm.amazonaws.com" if machine.is_hybrid else "ec2.amazonaws.com"
    return assume_for_service(
        state, role.arn, service, session=machine.id, source_arn=arn_of(place, machine)
    )


def is_online(state: State, place: Place, machine: ManagedNode) -> bool:
    """Whether the node's agent runs and may report to Systems Manager."""
    if not (machine.node.agent and is_running(place, machine)):
        return False
    principal = principal_of(state, place, machine)
    need = Need(action=AGENT_PERMISSION, resource=arn_of(place, machine))
    return principal is not None and may(state, principal, need, place[1])


def arn_of(place: Place, machine: ManagedNode) -> str:
    """A machine's ARN."""
    service, kind = ("ssm", "managed-instance") if machine.is_hybrid else ("ec2", "instance")
    return f"arn:aws:{service}:{place[1]}:{place[0]}:{kind}/{machine.id}"
