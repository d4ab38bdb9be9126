"""The patches of an operating system, and which of them a node has."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

import yaml

_FILE = Path(__file__).with_name("patches.yaml")
_DEB = frozenset({"DEBIAN", "RASPBIAN", "UBUNTU"})


@dataclass(frozen=True, kw_only=True)
class Patch:
    """One patch; `released` counts from the moment that its fleet was set up."""

    id: str
    operating_system: str
    released: timedelta
    classification: str = ""
    severity: str = ""
    section: str = ""
    priority: str = ""
    advisory: bool = True
    reboot: bool = False

    @property
    def is_deb(self) -> bool:
        """Whether it is a package of Debian or a relative, which have no release dates."""
        return self.operating_system in _DEB


@cache
def patches_of(operating_system: str) -> Mapping[str, Patch]:
    """All patches for an operating system, by ID."""
    rows: list[dict[str, Any]] = yaml.safe_load(_FILE.read_text(encoding="utf-8"))[operating_system]
    patches = (
        Patch(
            operating_system=operating_system,
            released=timedelta(days=-row["age_days"]),
            **{key: value for key, value in row.items() if key != "age_days"},
        )
        for row in rows
    )
    return MappingProxyType({patch.id: patch for patch in patches})


@dataclass
class NodePatches:
    """A node's patches: those it lacks may be installed, and may then wait for a restart."""

    patches: tuple[Patch, ...]
    since: datetime
    installed: dict[str, datetime] = field(default_factory=dict)
    pending_reboot: set[str] = field(default_factory=set)
    restarts: list[datetime] = field(default_factory=list)

    def released(self, patch: Patch) -> datetime:
        """When a patch came out."""
        return self.since + patch.released

    def available(self, now: datetime) -> tuple[Patch, ...]:
        """The patches that are out, installed or not."""
        return tuple(patch for patch in self.patches if self.released(patch) <= now)

    def install(self, patch: Patch, now: datetime) -> None:
        """Install a patch, which waits for the next restart."""
        self.installed[patch.id] = now
        self.pending_reboot.add(patch.id)

    def restart(self, now: datetime) -> None:
        """Start the node again."""
        self.pending_reboot.clear()
        self.restarts.append(now)


def patches_of_node(
    operating_system: str, missing: tuple[str, ...] | None, since: datetime
) -> NodePatches:
    """A node that lacks the named patches of its system: all of them, unless some are named."""
    every = patches_of(operating_system)
    installed = {} if missing is None else {i: since for i in every if i not in missing}
    return NodePatches(patches=tuple(every.values()), since=since, installed=installed)
