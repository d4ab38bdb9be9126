"""Which parts a module has, and which of them its caller may leave out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Self

from modules.plain.topics import BASELINE_STORE, INSTANCE_ROLE, NODES
from modules.plain.variable import Validation, Variable
from modules.policy.model import PatchPolicy

_TOGGLES: Final[Mapping[str, Variable]] = {
    INSTANCE_ROLE: Variable(
        name="create_instance_role",
        type="bool",
        description="Whether this makes the default instance role: true once in an account.",
        default=True,
    ),
    BASELINE_STORE: Variable(
        name="create_baseline_store",
        type="bool",
        description="Whether this makes the bucket of the baseline overrides, the Lambda function "
        "that fills it and its hourly refresh: true in the home region alone.",
        default=True,
    ),
    NODES: Variable(
        name="create_associations",
        type="bool",
        description="Whether nodes of this region are patched: false in a home region that has the "
        "baseline store alone.",
        default=True,
    ),
}


@dataclass(frozen=True, kw_only=True)
class Shape:
    """What is drawn; `optional` are the sections that have a variable to leave them out.

    `is_reusable`: other modules stand beside it, for which it may have to wait.
    """

    role: bool
    store: bool
    is_reusable: bool = False
    optional: frozenset[str] = frozenset()
    role_tags: Mapping[str, str] | None = None
    """The tags of an instance role that several policies share; None: those of its policy."""

    @classmethod
    def reusable(cls, policy: PatchPolicy, role_tags: Mapping[str, str] | None = None) -> Self:
        """A module that serves each region of a policy."""
        role, store = policy.instance_roles.manage_default_role, policy.owns_baseline_store
        optional = {
            INSTANCE_ROLE: role,
            BASELINE_STORE: store,
            NODES: store and policy.home_region not in policy.regions,
        }
        return cls(
            role=role,
            store=store,
            is_reusable=True,
            optional=frozenset(section for section, there in optional.items() if there),
            role_tags=role_tags,
        )

    @classmethod
    def fixed(cls, policy: PatchPolicy) -> Self:
        """A policy of one region, as it is."""
        return cls(
            role=policy.instance_roles.manage_default_role,
            store=policy.owns_baseline_store,
        )

    def toggles(self) -> tuple[Variable, ...]:
        """The variables that leave parts out."""
        return tuple(toggle for section, toggle in _TOGGLES.items() if section in self.optional)

    def toggle(self, section: str) -> str | None:
        """The variable's name, or None where the section is always there."""
        return _TOGGLES[section].name if section in self.optional else None


def order_variables() -> tuple[Variable, ...]:
    """What makes a module wait for another one.

    `depends_on` of a module would do more: it defers the module's data sources, so that a plan
    knows no name in it any more.
    """
    return (
        Variable(
            name="baseline_override_url",
            type="string",
            description="In every region but the first: the output of the same name of the module "
            "that makes the baseline store. So nothing runs here before the overrides are there.",
            default=None,
            nullable=True,
            validations=(
                Validation(
                    condition="var.baseline_override_url == null ? true : "
                    'startswith(var.baseline_override_url, "s3://")',
                    error_message="Expected s3://<bucket>/baseline_overrides.json.",
                ),
            ),
        ),
        Variable(
            name="wait_for",
            type="any",
            description="What must be there before anything runs here: where another module makes "
            "the instance role, its output instance_profile_name.",
            default=None,
            nullable=True,
        ),
    )
