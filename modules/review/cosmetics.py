"""Which attributes of a resource differ in effect, and which changes are cosmetic."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from modules.quick_setup.names import role_tag_key
from modules.review.model.document import same_meaning
from modules.review.plan import Action, ResourceChange

_TAGS = ("tags", "tags_all")
_NODES = ("aws_instance", "aws_spot_instance_request", "aws_ec2_tag")  # found by their tags
_TRIGGERS = ("terraform_data", "null_resource", "time_sleep")
_DOCUMENT = "aws_ssm_document"


def changed_attributes(change: ResourceChange) -> list[str]:
    """The attributes that the plan changes; computed ones that become unknown are not."""
    names = sorted({*change.before, *change.after})
    return [name for name in names if _differs(change, name) and not change.is_computed(name)]


def _differs(change: ResourceChange, name: str) -> bool:
    before, after = change.before.get(name), change.after.get(name)
    return before != after and bool(before or after)


def cosmetic_kind(change: ResourceChange) -> str | None:
    """Why a change needs no review, such as `tags only`; None where it does."""
    if change.action is Action.NO_OP:
        moved = "moved" if change.previous_address else None
        return "imported as it is" if change.imported else moved
    if change.type in _TRIGGERS:
        return "triggers of Terraform's own"
    if change.action is not Action.UPDATE or change.imported:
        return None
    names = set(changed_attributes(change))
    if names <= set(_TAGS):
        return None if change.type in _NODES or _touches_access(change) else "tags only"
    names -= set(_TAGS)
    if change.type != _DOCUMENT and all(_same_text(change, name) for name in names):
        return "white space or order only"
    return None


def _touches_access(change: ResourceChange) -> bool:
    """Whether one of the tags lets nodes read the patch baselines."""
    before, after = (
        {
            key: value
            for name in _TAGS
            for key, value in _map(side.get(name)).items()
            if key.startswith(role_tag_key(""))
        }
        for side in (change.before, change.after)
    )
    return before != after


def _map(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _same_text(change: ResourceChange, name: str) -> bool:
    before, after = change.before.get(name), change.after.get(name)
    if not isinstance(before, str) or not before.lstrip().startswith(("{", "[")):
        return False
    return same_meaning(before, after)
