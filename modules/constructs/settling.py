"""A pause until new roles can be assumed."""

from __future__ import annotations

from collections.abc import Sequence

from modules.constructs.role import Role
from modules.provider.builtin.terraform_data import TerraformData
from modules.provider.engine import constructs
from modules.provider.location import Construct
from modules.provider.meta import LocalExec

# IAM is eventually consistent: a new role can be assumed everywhere only after 10 to 30 seconds,
# and a first run that fails for it is repeated at the next interval, which may be a month away.
SETTLING_SECONDS = 30


class RolesSettled(Construct):
    """Done when the roles and their policies are there and can be used; waits for new roles."""

    def __init__(self, scope: constructs.Construct, id_: str, *, roles: Sequence[Role]) -> None:
        super().__init__(scope, id_)
        self.settled = TerraformData(
            self,
            "Default",
            triggers_replace=[role.role.unique_id for role in roles],
            provisioners=[LocalExec(command=f"sleep {SETTLING_SECONDS}")],
            depends_on=[policy for role in roles for policy in role.policies],
        )
