"""The default instance role, its profile and the policies that make its bearers patchable."""

from __future__ import annotations

from modules.constructs.role import Role
from modules.provider.aws.iam_instance_profile import IamInstanceProfile
from modules.provider.aws.iam_policy import IamPolicy
from modules.provider.aws.iam_role_policy_attachment import IamRolePolicyAttachment
from modules.provider.engine import constructs
from modules.provider.expressions import json_expression
from modules.provider.location import Construct
from modules.provider.meta import Lifecycle
from modules.quick_setup import names
from modules.quick_setup.iam import policy_document
from modules.quick_setup.instance_role import InstanceRoleSpec, baseline_access, default_role
from modules.quick_setup.names import Place


class InstanceRole(Construct):
    """One for the account; what `spec` says that is there already is imported."""

    def __init__(
        self, scope: constructs.Construct, id_: str, *, spec: InstanceRoleSpec, place: Place
    ) -> None:
        super().__init__(scope, id_)
        tags = dict(spec.tags) or None
        role = Role(self, "Default", spec=default_role(spec, place), tags={})
        profile = IamInstanceProfile(
            self, "Profile", name=names.DEFAULT_ROLE, role=role.role.name, tags=tags
        )
        policy = IamPolicy(
            self,
            "BaselineAccess",
            name=names.BASELINE_POLICY,
            path=names.BASELINE_POLICY_PATH,
            description="Lets instance roles read the baseline overrides of patch policies",
            policy=json_expression(policy_document(baseline_access(place))),
            tags=tags,
            # The provider replaces a policy for its description alone, and IAM refuses to delete
            # one that other roles bear: an adopted policy has another description.
            lifecycle=Lifecycle(ignore_changes=["description"]),
        )
        IamRolePolicyAttachment(
            self, "AttachBaselineAccess", role=role.role.name, policy_arn=policy.arn
        )
        IamRolePolicyAttachment(
            self,
            "AttachManagedInstanceCore",
            role=role.role.name,
            policy_arn=names.managed_instance_core_arn(place),
        )
        if spec.adopt:
            role.role.import_from(names.DEFAULT_ROLE)
            profile.import_from(names.DEFAULT_ROLE)
        if spec.adopt_policy:
            policy.import_from(names.baseline_policy_arn(place))
