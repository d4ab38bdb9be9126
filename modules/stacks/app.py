"""The app: every stack of a deployment, in the order in which they depend on each other."""

from __future__ import annotations

from modules.provider.app import new_app
from modules.provider.backend import Backend
from modules.provider.engine import tf
from modules.provider.stack import Stack
from modules.quick_setup.deployment import Deployment
from modules.stacks.instance_role_stack import InstanceRoleStack
from modules.stacks.patch_policy_stack import PatchPolicyStack


def build_app(
    deployment: Deployment,
    backend: Backend,
    outdir: str | None = None,
    *,
    account: str | None = None,
) -> tf.App:
    """The role first, then each policy's home region, then its other regions.

    `account` is the only one that they may be deployed to; None: that of the credentials.
    The names are known, so that no stack reads another's outputs; the order is all they share.
    """
    app = new_app(outdir)
    role = (
        InstanceRoleStack(app, spec=deployment.instance_role, backend=backend, account=account)
        if deployment.instance_role
        else None
    )
    homes: dict[str, Stack] = {}
    for spec in deployment.stacks:
        stack = PatchPolicyStack(app, spec=spec, backend=backend, account=account)
        if role is not None:
            stack.add_dependency(role)
        home = homes.setdefault(spec.policy.configuration_id, stack)
        if home is not stack:
            stack.add_dependency(home)
    return app
