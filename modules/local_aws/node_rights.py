"""What the nodes of a place may do at one moment.

Thousands of nodes share a few roles. Where a role's policies cannot tell one node from another, one
of its nodes is asked about, and the answer holds for all; otherwise each is.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from modules.local_aws import moto_backends
from modules.local_aws.moto_backends import MotoObject, Place
from modules.local_aws.node_identity import (
    AGENT_PERMISSION,
    arn_of,
    is_running,
    principal_of,
    role_of,
)
from modules.local_aws.permissions import Need, may
from modules.local_aws.principals import role_session

if TYPE_CHECKING:
    from modules.local_aws.managed_nodes import ManagedNode
    from modules.local_aws.principals import Principal
    from modules.local_aws.state import State

# What a policy names where it means a single node, or a node's session of its role.
_TELLING = ("instance/", "userid", "SourceInstance", "assumed-role", "PrincipalArn")


class NodeRights:
    """Answers for one account and region, and for as long as nothing changes."""

    def __init__(self, state: State, place: Place) -> None:
        self.state = state
        self.place = place
        self._alike: dict[str, bool] = {}
        self._principals: dict[str, Principal | None] = {}
        self._trusted: dict[tuple[str, bool], bool] = {}
        self._allowed: dict[tuple[str, str, str], bool] = {}

    def principal(self, node: ManagedNode) -> Principal | None:
        """The node as a caller; None where it has no role, or one that does not trust it."""
        if node.id not in self._principals:
            self._principals[node.id] = self._find_principal(node)
        return self._principals[node.id]

    def _find_principal(self, node: ManagedNode) -> Principal | None:
        role = role_of(self.place, node)
        if role is None:
            return None
        key = (role.arn, node.is_hybrid)
        if self._are_alike(role) and key in self._trusted:
            trusts = self._trusted[key]
            return role_session(role.arn, role.id, node.id) if trusts else None
        found = principal_of(self.state, self.place, node)
        self._trusted[key] = found is not None
        return found

    def allows(self, node: ManagedNode, action: str, bucket: str = "", key: str = "") -> bool:
        """Whether a node may do something: with itself, or with an object."""
        principal = self.principal(node)
        if principal is None:
            return False
        about = (str(principal.role_arn), action, f"{bucket}/{key}")
        if about in self._allowed:
            return self._allowed[about]
        resource = f"arn:aws:s3:::{bucket}/{key}" if bucket else arn_of(self.place, node)
        need = Need(action=action, resource=resource, bucket=bucket or None)
        allowed = may(self.state, principal, need, self.place[1])
        role = moto_backends.find_role(str(principal.role_arn))
        if self._are_alike(role) and self._treats_alike(bucket):
            self._allowed[about] = allowed
        return allowed

    def is_online(self, node: ManagedNode) -> bool:
        """Whether the node's agent runs and may report to Systems Manager."""
        runs = node.node.agent and is_running(self.place, node)
        return runs and self.allows(node, AGENT_PERMISSION)

    def _treats_alike(self, bucket: str) -> bool:
        found = moto_backends.find_bucket(bucket) if bucket else None
        text = self.state.bucket_policies.texts.get(found, "") if found else ""
        return not any(word in text for word in _TELLING)

    def _are_alike(self, role: MotoObject) -> bool:
        if role.arn not in self._alike:
            texts = [role.assume_role_policy_document, *moto_backends.policy_texts(role)]
            texts.append(moto_backends.boundary_text(role) or "")
            self._alike[role.arn] = not any(word in text for text in texts for word in _TELLING)
        return self._alike[role.arn]
