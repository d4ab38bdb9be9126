"""What a patch run reports of a node: the state of each patch, and the node's compliance.

Source: "Patch compliance state values" in the Systems Manager User Guide; API reference of
InstancePatchState.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

from modules.local_aws.patching.approval import Baseline, judge

if TYPE_CHECKING:
    from modules.local_aws.patching.patches import NodePatches, Patch

MISSING = "Missing"
INSTALLED = "Installed"
PENDING_REBOOT = "InstalledPendingReboot"
OTHER = "InstalledOther"
REJECTED = "InstalledRejected"
NOT_APPLICABLE = "NotApplicable"
NON_COMPLIANT = frozenset({MISSING, PENDING_REBOOT, REJECTED})


@dataclass(frozen=True, slots=True, kw_only=True)
class PatchState:
    """One patch on one node."""

    patch: Patch
    state: str
    level: str
    installed: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class PatchReport:
    """The outcome of the last run on a node that could report it."""

    operation: str
    reboot_option: str
    time: datetime
    execution_id: str
    execution_type: str
    baseline_id: str
    patches: tuple[PatchState, ...]
    no_reboot_install: datetime | None = None

    @property
    def counts(self) -> Mapping[str, int]:
        """How many patches are in which state."""
        return Counter(each.state for each in self.patches)

    @property
    def is_compliant(self) -> bool:
        """Whether no patch stands in the way."""
        return not any(each.state in NON_COMPLIANT for each in self.patches)


@dataclass
class Patching:
    """What Patch Manager knows, by account and region, then by node."""

    nodes: dict[tuple[tuple[str, str], str], NodePatches] = field(default_factory=dict)
    reports: dict[tuple[tuple[str, str], str], PatchReport] = field(default_factory=dict)


def assess(node: NodePatches, baseline: Baseline, now: datetime) -> tuple[PatchState, ...]:
    """The state of every patch that is out, under a baseline."""
    return tuple(_assess(node, patch, baseline, now) for patch in node.available(now))


def _assess(node: NodePatches, patch: Patch, baseline: Baseline, now: datetime) -> PatchState:
    verdict = judge(patch, baseline, node.released(patch), now)
    installed = node.installed.get(patch.id)
    if installed is None:
        state = MISSING if verdict.approved else NOT_APPLICABLE
    elif verdict.rejected:
        state = REJECTED
    elif patch.id in node.pending_reboot:
        state = PENDING_REBOOT
    else:
        state = INSTALLED if verdict.approved else OTHER
    return PatchState(patch=patch, state=state, level=verdict.level, installed=installed)
