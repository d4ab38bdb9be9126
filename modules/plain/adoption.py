"""Import blocks for a default instance role that is there already, where the policy adopts it."""

from __future__ import annotations

from typing import Final

from modules.plain.module import Configuration, Module
from modules.plain.topics import INSTANCE_ROLE
from modules.policy.model import PatchPolicy
from modules.provider.expressions import reference
from modules.quick_setup import names
from modules.quick_setup.names import Place

_ROLE: Final = ("aws_iam_role", "aws_iam_instance_profile")
_POLICY: Final = "aws_iam_policy"


def import_blocks(policy: PatchPolicy, module: Module, prefix: str) -> Configuration:
    """The blocks for a root that calls the module as `prefix`, or nothing to adopt.

    Terraform takes import blocks in a root module alone.
    """
    roles = policy.instance_roles
    if not (module.shape.role and roles.adopt_default_role):
        return {}
    index = "[0]" if module.shape.toggle(INSTANCE_ROLE) else ""
    ids = dict.fromkeys(_ROLE, names.DEFAULT_ROLE)
    if roles.adopt_baseline_policy:
        ids[_POLICY] = names.baseline_policy_arn(_PLACE)
    blocks = [
        {"to": f"{prefix}{each.place.address}{index}", "id": ids[each.place.type]}
        for each in module.elements
        if each.place.section == INSTANCE_ROLE and each.place.type in ids
    ]
    if _POLICY not in ids:
        return {"import": blocks}
    sources: Configuration = {"aws_caller_identity": {"adopted": {}}, "aws_partition": {"adopted": {}}}
    return {"data": sources, "import": blocks}


_PLACE: Final = Place(
    account=reference("data.aws_caller_identity.adopted.account_id"),
    partition=reference("data.aws_partition.adopted.partition"),
    region="",
)
