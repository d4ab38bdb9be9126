"""AWS's own documents that patch nodes or restart them, and which parameters say so.

Source: the documents' pages in the Systems Manager User Guide ("SSM Command document plugin
reference", "About SSM documents for patching managed nodes") and in the Automation runbook
reference; their parameters are those of the public documents themselves.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final


@dataclass(frozen=True, kw_only=True)
class PatchDocument:
    """A document that installs: always, or where the parameter `operation` is `Install`.

    It reboots unless the parameter `reboot` has the value `stays_up`.
    """

    operation: str | None = None
    reboot: str | None = None
    stays_up: str | None = None


RUN_PATCH_BASELINE: Final = PatchDocument(
    operation="Operation", reboot="RebootOption", stays_up="NoReboot"
)

PATCHING: Final[Mapping[str, PatchDocument]] = MappingProxyType(
    {
        "AWS-RunPatchBaseline": RUN_PATCH_BASELINE,
        "AWS-RunPatchBaselineAssociation": RUN_PATCH_BASELINE,
        "AWS-RunPatchBaselineWithHooks": RUN_PATCH_BASELINE,
        "AWS-ApplyPatchBaseline": PatchDocument(operation="Operation"),
        "AWS-PatchAsgInstance": PatchDocument(),
        "AWS-PatchInstanceWithRollback": PatchDocument(),
        "AWS-InstallMissingWindowsUpdates": PatchDocument(),
        "AWS-InstallWindowsUpdates": PatchDocument(
            operation="Action", reboot="AllowReboot", stays_up="False"
        ),
    }
)

# What else interrupts a node.
INTERRUPTING: Final[Mapping[str, str]] = MappingProxyType(
    {
        "AWS-RestartEC2Instance": "Restarts instances",
        "AWS-RestartEC2InstanceWithApproval": "Restarts instances",
        "AWS-StopEC2Instance": "Stops instances",
        "AWS-StopEC2InstanceWithApproval": "Stops instances",
        "AWS-TerminateEC2Instance": "Terminates instances",
        "AWS-TerminateEC2InstanceWithApproval": "Terminates instances",
    }
)
