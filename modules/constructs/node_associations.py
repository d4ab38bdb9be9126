"""What patches the nodes of one region: runbooks, their roles, and the associations."""

from __future__ import annotations

from collections.abc import Sequence

from modules.constructs.associations import PatchAssociation
from modules.constructs.role import Role
from modules.constructs.runbook import Runbook
from modules.constructs.settling import RolesSettled
from modules.policy.model import PatchPolicy
from modules.provider.element import Resource
from modules.provider.engine import constructs
from modules.provider.location import Construct
from modules.quick_setup.associations import node_associations
from modules.quick_setup.automation_permissions import automation_role
from modules.quick_setup.names import Place
from modules.quick_setup.permissions import explorer_role
from modules.quick_setup.runbooks import node_runbooks


class NodeAssociations(Construct):
    """The associations of a region; those that patch come `after` the overrides are there.

    State Manager knows documents and roles by name alone, which is no order to Terraform: so every
    edge is explicit.
    """

    def __init__(
        self,
        scope: constructs.Construct,
        id_: str,
        *,
        policy: PatchPolicy,
        place: Place,
        after: Sequence[Resource],
    ) -> None:
        super().__init__(scope, id_)
        roles = [
            Role(self, "AutomationRole", spec=automation_role(policy, place), tags=policy.tags)
        ]
        if policy.explorer:
            spec = explorer_role(policy, place)
            roles.append(Role(self, "ExplorerRole", spec=spec, tags=policy.tags))
        settled = RolesSettled(self, "RolesSettled", roles=roles)
        runbooks = {
            each.name: Runbook(self, spec=each, tags=policy.tags) for each in node_runbooks(policy)
        }
        for association in node_associations(policy, place):
            runbook = runbooks.get(association.document)
            PatchAssociation(
                self,
                spec=association,
                tags=policy.tags,
                # AWS's own documents are there already
                depends_on=[runbook, settled.settled] if runbook else [*after, settled.settled],
            )
