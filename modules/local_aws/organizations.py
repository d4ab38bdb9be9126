"""Which organization and organizational unit an account belongs to, as the fleet file says."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Membership:
    """`path` is the one of aws:PrincipalOrgPaths: `o-a1b2c3d4e5/r-ab12/ou-ab12-11111111/`."""

    path: str

    @property
    def organization_id(self) -> str:
        """The organization's ID."""
        return self.path.split("/", 1)[0]


def condition_keys(side: str, membership: Membership | None) -> Mapping[str, str | None]:
    """The condition keys of an account's membership; `side` is `Principal` or `Resource`."""
    return {
        f"aws:{side}OrgID": membership.organization_id if membership else None,
        f"aws:{side}OrgPaths": membership.path if membership else None,
    }
