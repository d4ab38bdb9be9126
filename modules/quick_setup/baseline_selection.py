"""Which patch baseline each operating system gets, as far as it is known before a plan.

The policy names some; for the others AWS's predefined default baseline is looked up at plan time,
by owner and name, as its ID and its account differ from region to region.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from modules.policy.model import PatchPolicy
from modules.policy.operating_systems import OPERATING_SYSTEMS, PREDEFINED_BASELINE_NAMES


@dataclass(frozen=True, kw_only=True)
class BaselineSelection:
    """`chosen` has an entry for each system named in the policy; `predefined` a name to look up."""

    chosen: Mapping[str, Mapping[str, str]]
    predefined: Mapping[str, str]


def baseline_selection(policy: PatchPolicy) -> BaselineSelection:
    """The selection, in the order of the operating systems' names.

    An entry has the members `value` (ID or ARN) and `label`, as Quick Setup's own has.
    """
    return BaselineSelection(
        chosen={
            system: {"label": baseline, "value": baseline}
            for system, baseline in sorted(policy.patch_baselines.items())
        },
        predefined={
            system: PREDEFINED_BASELINE_NAMES[system]
            for system in OPERATING_SYSTEMS
            if system not in policy.patch_baselines
        },
    )
