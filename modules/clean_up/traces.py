"""Traces of a patch policy outside Terraform's state, as frozen values."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class NameTags:
    """A policy's name tag on nodes of one region: EC2 instances, and hybrid nodes (`mi-…`)."""

    region: str
    tag_key: str
    instances: tuple[str, ...]
    hybrid_nodes: tuple[str, ...]

    def describe(self) -> str:
        """One line for a person."""
        nodes = [*self.instances, *self.hybrid_nodes]
        shown = ", ".join(nodes[:5]) + (" …" if len(nodes) > 5 else "")
        return f"{self.region}: tag {self.tag_key} on {len(nodes)} nodes: {shown}"


@dataclass(frozen=True, kw_only=True)
class RoleMarks:
    """What the attach runbooks did to a role that is not Terraform's.

    `policies` are those which a runbook attached and nobody else needs; `heir` is the tag of
    another patch policy on the same role, which takes over the record of attached policies.
    """

    role: str
    tag_keys: tuple[str, ...]
    policies: tuple[str, ...]
    heir: str | None = None
    inherited: str = ""

    def describe(self) -> str:
        """One line for a person."""
        parts = [f"role {self.role}: tags {', '.join(self.tag_keys)}"]
        if self.policies:
            parts.append(f"policies {', '.join(arn.rsplit('/', 1)[-1] for arn in self.policies)}")
        if self.heir and self.inherited:
            parts.append(f"{self.inherited} stay for {self.heir}")
        return "; ".join(parts)


@dataclass(frozen=True, kw_only=True)
class ProfileAssociations:
    """EC2 instances of one region that were given the default instance profile."""

    region: str
    association_ids: tuple[str, ...]

    def describe(self) -> str:
        """One line for a person."""
        count = len(self.association_ids)
        return f"{self.region}: the default instance profile on {count} EC2 instances"


@dataclass(frozen=True, kw_only=True)
class PolicyBearers:
    """Roles to which somebody else attached the policy that the instance-role stack makes."""

    policy_arn: str
    roles: tuple[str, ...]

    def describe(self) -> str:
        """One line for a person."""
        policy = self.policy_arn.rpartition("/")[2]
        return f"policy {policy}, attached by others: role {', '.join(self.roles)}"


Trace = NameTags | RoleMarks | ProfileAssociations | PolicyBearers
