"""An Automation document as the rest of the project sees it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from modules.quick_setup import names

TEMPLATE_PREFIX = "template://"


@dataclass(frozen=True, kw_only=True)
class AutomationDocument:
    """A document that is loaded and checked; its content is not to be changed.

    `target_type` is the TargetType that CreateDocument takes; a document without one runs without
    targets. `own_prefix` is there where the policy's document_name_prefix does not apply.
    """

    key: str
    name_suffix: str
    target_type: str | None
    content: Mapping[str, Any] = field(repr=False)
    own_prefix: str | None = None

    def name(self, configuration_id: str, prefix: str) -> str:
        """The document's physical name; `prefix` is the policy's document_name_prefix."""
        return names.document(self.name_suffix, configuration_id, self.own_prefix or prefix)

    @property
    def placeholders(self) -> tuple[str, ...]:
        """The parameters' defaults that are filled in at deployment, in order of appearance."""
        defaults = (spec.get("default") for spec in self.content.get("parameters", {}).values())
        return tuple(
            default.removeprefix(TEMPLATE_PREFIX)
            for default in defaults
            if isinstance(default, str) and default.startswith(TEMPLATE_PREFIX)
        )
