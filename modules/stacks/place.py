"""Where a stack is deployed, as far as synth knows it."""

from __future__ import annotations

from modules.provider.aws.data_caller_identity import DataCallerIdentity
from modules.provider.aws.data_partition import DataPartition
from modules.provider.stack import Stack
from modules.quick_setup.names import Place


def place_of(stack: Stack, region: str) -> Place:
    """The region, and references to account and partition, which a plan finds out.

    Both are data sources, so that every name and every policy is known in the plan.
    """
    return Place(
        account=DataCallerIdentity(stack, "CallerIdentity").account_id,
        partition=DataPartition(stack, "Partition").partition,
        region=region,
    )
