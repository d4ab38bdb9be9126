"""The stack of one patch policy in one region."""

from __future__ import annotations

from modules.constructs.baseline_store import BaselineStore
from modules.constructs.node_associations import NodeAssociations
from modules.provider.backend import Backend
from modules.provider.engine import constructs
from modules.provider.stack import Stack
from modules.quick_setup.deployment import StackSpec
from modules.quick_setup.names import Place
from modules.stacks.place import place_of


class PatchPolicyStack(Stack):
    """The baseline store where this is the home region, and the associations of its nodes."""

    def __init__(
        self,
        scope: constructs.Construct,
        *,
        spec: StackSpec,
        backend: Backend,
        account: str | None,
    ) -> None:
        super().__init__(scope, spec.name, region=spec.region, backend=backend, account=account)
        draw_patch_policy(self, spec, place_of(self, spec.region))


def draw_patch_policy(stack: Stack, spec: StackSpec, place: Place) -> None:
    """The constructs of one policy in one region; only the store's own region has the store."""
    store = (
        BaselineStore(stack, "BaselineStore", policy=spec.policy, place=place)
        if spec.has_baseline_store
        else None
    )
    if spec.has_nodes:
        NodeAssociations(
            stack,
            "Default",
            policy=spec.policy,
            place=place,
            after=[store.filled] if store else [],
        )
