"""The operating systems that Patch Manager knows, and the baseline that AWS predefines for each.

Source: the `OperatingSystem` enum of the SSM API, and the baselines' names as listed by
"Viewing AWS predefined patch baselines" in the Systems Manager User Guide.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

PREDEFINED_BASELINE_NAMES: Mapping[str, str] = MappingProxyType(
    {
        "ALMA_LINUX": "AWS-AlmaLinuxDefaultPatchBaseline",
        "AMAZON_LINUX": "AWS-AmazonLinuxDefaultPatchBaseline",
        "AMAZON_LINUX_2": "AWS-AmazonLinux2DefaultPatchBaseline",
        "AMAZON_LINUX_2022": "AWS-AmazonLinux2022DefaultPatchBaseline",
        "AMAZON_LINUX_2023": "AWS-AmazonLinux2023DefaultPatchBaseline",
        "CENTOS": "AWS-CentOSDefaultPatchBaseline",
        "DEBIAN": "AWS-DebianDefaultPatchBaseline",
        "MACOS": "AWS-MacOSDefaultPatchBaseline",
        "ORACLE_LINUX": "AWS-OracleLinuxDefaultPatchBaseline",
        "RASPBIAN": "AWS-RaspbianDefaultPatchBaseline",
        "REDHAT_ENTERPRISE_LINUX": "AWS-RedHatDefaultPatchBaseline",
        "ROCKY_LINUX": "AWS-RockyLinuxDefaultPatchBaseline",
        "SUSE": "AWS-SuseDefaultPatchBaseline",
        "UBUNTU": "AWS-UbuntuDefaultPatchBaseline",
        "WINDOWS": "AWS-DefaultPatchBaseline",
    }
)

OPERATING_SYSTEMS: tuple[str, ...] = tuple(PREDEFINED_BASELINE_NAMES)
