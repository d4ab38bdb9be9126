"""The regions of a policy, and a provider for each."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from modules.policy.model import PatchPolicy
from modules.quick_setup.deployment import plan_deployment

# A neighbour for the example of several regions, where the policy itself has one.
_NEIGHBOURS: Final = {
    "cn": ("cn-north-1", "cn-northwest-1"),
    "us-gov": ("us-gov-west-1", "us-gov-east-1"),
}
_USUAL: Final = ("us-east-1", "eu-west-1")


def regions_of(policy: PatchPolicy) -> tuple[str, ...]:
    """The regions of a policy, in the order in which they are deployed."""
    return tuple(stack.region for stack in plan_deployment([policy]).stacks)


def neighbour(region: str) -> str:
    """Another region of the same partition."""
    prefix = next((each for each in _NEIGHBOURS if region.startswith(f"{each}-")), None)
    choice = _NEIGHBOURS[prefix] if prefix else _USUAL
    return next(each for each in choice if each != region)


def provider_blocks(regions: Sequence[str], account: str | None = None) -> dict[str, Any]:
    """The first region is the default provider's; the others are known by their names.

    With `account`, credentials of any other one are refused.
    """
    first, *others = regions
    blocks: list[dict[str, Any]] = [
        {"region": first},
        *({"alias": each, "region": each} for each in others),
    ]
    if account:
        blocks = [{**block, "allowed_account_ids": [account]} for block in blocks]
    return {"provider": {"aws": blocks}}
