"""An IAM role with its inline policies."""

from __future__ import annotations

from collections.abc import Mapping

from modules.provider.aws.iam_role import IamRole
from modules.provider.aws.iam_role_policy import IamRolePolicy
from modules.provider.engine import constructs
from modules.provider.expressions import json_expression
from modules.provider.location import Construct
from modules.quick_setup.iam import RoleSpec, policy_document


class Role(Construct):
    """A role as specified; `tags` go on it beside its own."""

    def __init__(
        self, scope: constructs.Construct, id_: str, *, spec: RoleSpec, tags: Mapping[str, str]
    ) -> None:
        super().__init__(scope, id_)
        self.role = IamRole(
            self,
            "Default",
            name=spec.name,
            description=spec.description,
            assume_role_policy=json_expression(policy_document(spec.trust)),
            # somebody else's attachment must not stand in the way of the role's removal
            force_detach_policies=True,
            tags={**tags, **spec.tags} or None,
        )
        self.policies = tuple(
            IamRolePolicy(
                self,
                policy.purpose,
                name=policy.name,
                role=self.role.id,
                policy=json_expression(policy_document(policy.statements)),
            )
            for policy in spec.inline_policies
        )
