"""What a module gives its caller, and what waits for its instance role."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from modules.plain.elements import Element
from modules.plain.shape import Shape, order_variables
from modules.plain.topics import BASELINE_STORE, INSTANCE_ROLE
from modules.provider.expressions import reference

_INVOCATION = "aws_lambda_invocation.baseline_overrides"
_SETTLED = "terraform_data.roles_settled"


def output_blocks(shape: Shape, elements: Sequence[Element]) -> dict[str, Any]:
    """The outputs by name."""
    blocks: dict[str, Any] = {
        "baseline_override_url": {
            "description": "The baseline overrides that the nodes obey. Known before they are "
            "there: who uses it waits for them, and for the instance role.",
            "value": reference("local.baseline_override_url"),
            "depends_on": [*([_INVOCATION] if shape.store else []), *_role(elements)],
        }
    }
    if not blocks["baseline_override_url"]["depends_on"]:
        del blocks["baseline_override_url"]["depends_on"]
    blocks["association_ids"] = {
        "description": "The IDs of the State Manager associations, by what they do.",
        "value": _association_ids(shape, elements),
    }
    if shape.role:
        blocks["instance_profile_name"] = {
            "description": "The instance profile that makes an EC2 instance a managed node.",
            "value": _one(shape, INSTANCE_ROLE, "aws_iam_instance_profile.instance", "name"),
            "depends_on": [each for each in _role(elements) if "attachment" in each],
        }
    if shape.store:
        missing = "local.operating_systems_without_baseline"
        toggle = shape.toggle(BASELINE_STORE)
        blocks["operating_systems_without_baseline"] = {
            "description": "Operating systems that have no patch baseline: AWS has no predefined "
            "one for them in this region. Their nodes are not patched.",
            "value": reference(f"var.{toggle} ? {missing} : []" if toggle else missing),
        }
    return blocks


def settle_after_role(elements: Sequence[Element], shape: Shape) -> tuple[Element, ...]:
    """The elements, with the pause for new roles after the instance role is complete.

    Between CDKTF's stacks that order is the deployment's.
    """
    before = [
        *_role(elements),
        *(f"var.{each.name}" for each in order_variables() if shape.is_reusable),
    ]
    return tuple(
        replace(each, body={**each.body, "depends_on": [*each.body["depends_on"], *before]})
        if each.place.address == _SETTLED and before
        else each
        for each in elements
    )


def _role(elements: Sequence[Element]) -> list[str]:
    kinds = ("aws_iam_instance_profile", "aws_iam_role_policy_attachment")
    return [each.place.address for each in elements if each.place.type in kinds]


def _association_ids(shape: Shape, elements: Sequence[Element]) -> Any:
    return {
        each.place.name: _one(shape, each.place.section, each.place.address, "association_id")
        for each in elements
        if each.place.type == "aws_ssm_association"
    }


def _one(shape: Shape, section: str, address: str, attribute: str) -> str:
    if shape.toggle(section):
        return reference(f"one({address}[*].{attribute})")
    return reference(f"{address}.{attribute}")
