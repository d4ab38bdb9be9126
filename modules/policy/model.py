"""One patch policy, as frozen values: what the loader returns and everything else reads."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType

NOTHING: Mapping[str, str] = MappingProxyType({})


class Operation(StrEnum):
    """What the policy does to its nodes: look for missing patches, or install them too."""

    SCAN = "Scan"
    SCAN_AND_INSTALL = "ScanAndInstall"


class RebootOption(StrEnum):
    """The `RebootOption` of AWS-RunPatchBaseline."""

    NO_REBOOT = "NoReboot"
    REBOOT_IF_NEEDED = "RebootIfNeeded"


class Sharing(StrEnum):
    """Who may read the baseline overrides."""

    LOCAL = "local"
    ENTIRE_ORG = "entire_org"
    ORGANIZATIONAL_UNITS = "organizational_units"


@dataclass(frozen=True, kw_only=True)
class Schedule:
    """When an association runs (UTC), and whether a new or changed one waits for that time."""

    schedule_expression: str
    wait_for_next_interval: bool


@dataclass(frozen=True, kw_only=True)
class TagTarget:
    """Nodes that carry a tag: this value of it, or any value where it is None."""

    key: str
    value: str | None = None


@dataclass(frozen=True)
class AllNodes:
    """Every managed node of the account in the region."""


@dataclass(frozen=True)
class ResourceGroup:
    """The nodes of one resource group."""

    name: str


@dataclass(frozen=True)
class InstanceIds:
    """These nodes: `i-…` are EC2 instances, `mi-…` hybrid nodes; 25 at most."""

    ids: tuple[str, ...]


Targets = TagTarget | AllNodes | ResourceGroup | InstanceIds


@dataclass(frozen=True, kw_only=True)
class RateControl:
    """How many nodes at a time, and after how many errors to stop: numbers or percentages."""

    max_concurrency: str = "10%"
    max_errors: str = "2%"


@dataclass(frozen=True, kw_only=True)
class InstanceRoles:
    """Who owns the default instance role, and whether roles already in use are touched."""

    manage_default_role: bool = True
    adopt_default_role: bool = False
    adopt_baseline_policy: bool = True
    other_configuration_ids: tuple[str, ...] = ()
    attach_policies_to_existing: bool = False


@dataclass(frozen=True, kw_only=True)
class CommandOutput:
    """The S3 location of what Scan and Install print; an empty prefix is none."""

    bucket: str
    region: str
    prefix: str = ""


@dataclass(frozen=True, kw_only=True)
class Organization:
    """The AWS organization, and the organizational units, that may read the overrides."""

    id: str
    units: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class PatchPolicy:
    """One policy file, checked and with its defaults filled in."""

    name: str
    configuration_id: str
    home_region: str
    regions: tuple[str, ...]
    operation: Operation
    scan: Schedule
    install: Schedule
    refresh: str
    reboot: RebootOption
    targets: Targets
    rate_control: RateControl = field(default_factory=RateControl)
    instance_roles: InstanceRoles = field(default_factory=InstanceRoles)
    exclusive_name_tag: bool = False
    patch_baselines: Mapping[str, str] = field(default_factory=lambda: NOTHING)
    command_output: CommandOutput | None = None
    explorer: bool = True
    sharing: Sharing = Sharing.LOCAL
    organization: Organization | None = None
    baseline_store_account: str | None = None
    access_log_bucket: str | None = None
    document_name_prefix: str = "AWSQuickSetup"
    tags: Mapping[str, str] = field(default_factory=lambda: NOTHING)

    @property
    def owns_baseline_store(self) -> bool:
        """Whether bucket, Lambda and refresh are this policy's, and not another account's."""
        return self.baseline_store_account is None
