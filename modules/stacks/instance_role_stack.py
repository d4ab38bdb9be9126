"""The stack of the default instance role: one for the account."""

from __future__ import annotations

from modules.constructs.instance_role import InstanceRole
from modules.provider.backend import Backend
from modules.provider.engine import constructs
from modules.provider.stack import Stack
from modules.quick_setup import names
from modules.quick_setup.instance_role import InstanceRoleSpec
from modules.quick_setup.names import Place
from modules.stacks.place import place_of


class InstanceRoleStack(Stack):
    """The role outlives every policy: nodes of all of them bear it."""

    def __init__(
        self,
        scope: constructs.Construct,
        *,
        spec: InstanceRoleSpec,
        backend: Backend,
        account: str | None,
    ) -> None:
        super().__init__(
            scope,
            names.INSTANCE_ROLE_STACK,
            region=spec.region,
            backend=backend,
            account=account,
        )
        draw_instance_role(self, spec, place_of(self, spec.region))


def draw_instance_role(stack: Stack, spec: InstanceRoleSpec, place: Place) -> None:
    """The constructs of the default instance role."""
    InstanceRole(stack, "InstanceRole", spec=spec, place=place)
