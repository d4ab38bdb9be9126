"""One AWS call, decoded: who asks for what, where."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from modules.local_aws.principals import Principal

if TYPE_CHECKING:
    from modules.local_aws.state import State

Parameters = Mapping[str, Any]
Result = dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class Call:
    """`service` is botocore's name of it, and `parameters` have botocore's names and types."""

    service: str
    operation: str
    region: str
    principal: Principal
    parameters: Parameters

    @property
    def name(self) -> str:
        """For example `ssm.CreateAssociation`."""
        return f"{self.service}.{self.operation}"

    @property
    def account(self) -> str:
        """The account that the call is made in."""
        return self.principal.account

    @property
    def place(self) -> tuple[str, str]:
        """Account and region: where regional services keep what they have."""
        return self.account, self.region


Operation = Callable[["State", Call], "Result | None"]
"""An operation of ours. None: moto answers the call."""
