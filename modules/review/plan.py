"""A Terraform plan as frozen values; unknown and sensitive values are marked, not kept.

Source: "JSON Output Format" of Terraform's documentation, format version 1. Unknown members are
ignored, as it asks.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from modules.review.configuration import Configuration, Configured
from modules.review.errors import ReviewError
from modules.review.plan_notes import changed_outputs, failed_checks
from modules.review.redaction import secrets_of
from modules.review.values import Unknown, masked


class Action(StrEnum):
    """What Terraform does with a resource."""

    NO_OP = "no-op"
    CREATE = "create"
    READ = "read"
    UPDATE = "update"
    REPLACE = "replace"
    DELETE = "delete"
    FORGET = "forget"


_ACTIONS: Mapping[tuple[str, ...], Action] = {
    ("no-op",): Action.NO_OP,
    ("create",): Action.CREATE,
    ("read",): Action.READ,
    ("update",): Action.UPDATE,
    ("delete", "create"): Action.REPLACE,
    ("create", "delete"): Action.REPLACE,
    ("create", "forget"): Action.REPLACE,
    ("delete",): Action.DELETE,
    ("forget",): Action.FORGET,
}


@dataclass(frozen=True, kw_only=True)
class ResourceChange:
    """One resource, and what the plan does with it.

    `before` and `after` are the attributes; empty where there is no resource. `imported` is the ID
    that it is imported by. `deposed` marks what is left of an earlier, interrupted replacement.
    `arguments` are those that the configuration gives it, and `region` is that of its provider;
    None where the plan does not say.
    """

    address: str
    type: str
    module: str
    action: Action
    before: Mapping[str, Any]
    after: Mapping[str, Any]
    actions: tuple[str, ...] = ()
    reason: str | None = None
    replace_paths: tuple[str, ...] = ()
    imported: str | None = None
    previous_address: str | None = None
    deposed: str | None = None
    arguments: frozenset[str] | None = None
    region: str | None = None

    @property
    def is_change(self) -> bool:
        """Whether the apply does something to the resource, or to where it is recorded."""
        return self.action not in (Action.NO_OP, Action.READ)

    def is_computed(self, name: str) -> bool:
        """Whether an attribute is unknown only because the provider computes it."""
        unset = self.arguments is not None and name not in self.arguments
        return unset and isinstance(self.after.get(name), Unknown)


@dataclass(frozen=True, kw_only=True)
class Plan:
    """What a plan says; `drift` is what happened to resources outside of Terraform.

    `outputs` are the root module's after the apply. `failed_checks` are checks that failed, by the
    address of what they stand in, with what they say. `secrets` must stand nowhere in a report.
    """

    terraform_version: str | None
    timestamp: datetime | None
    errored: bool
    complete: bool
    changes: tuple[ResourceChange, ...]
    drift: tuple[ResourceChange, ...]
    deferred: tuple[str, ...]
    outputs: Mapping[str, Any] = field(default_factory=dict)
    changed_outputs: tuple[str, ...] = ()
    failed_checks: tuple[tuple[str, str], ...] = ()
    secrets: tuple[str, ...] = ()

    def of_type(self, *types: str) -> Iterator[ResourceChange]:
        """The resources of these types, without what is left of interrupted replacements."""
        return (each for each in self.changes if each.type in types and each.deposed is None)


def build_plan(document: Mapping[str, Any]) -> Plan:
    """The plan in a document; raises ReviewError where it is not one."""
    try:
        configuration = Configuration(document)
        return Plan(
            terraform_version=_text(document.get("terraform_version")),
            timestamp=_moment(document.get("timestamp")),
            errored=document.get("errored") is True,
            complete=document.get("complete") is not False,
            changes=tuple(_changes(document.get("resource_changes"), configuration)),
            drift=tuple(_changes(document.get("resource_drift"), configuration)),
            deferred=tuple(_deferred(document.get("deferred_changes"))),
            outputs=dict(_outputs(document.get("output_changes"))),
            changed_outputs=tuple(changed_outputs(document.get("output_changes"))),
            secrets=secrets_of(document),
            failed_checks=tuple(failed_checks(document.get("checks"))),
        )
    except (AttributeError, TypeError, KeyError, ValueError, RecursionError) as error:
        raise ReviewError(
            "the plan has a resource change that is not of Terraform's plan format"
            f" ({type(error).__name__}: {error}); expected the output of: terraform show -json PLAN"
        ) from error


def _changes(
    entries: Sequence[Mapping[str, Any]] | None, configuration: Configuration
) -> Iterator[ResourceChange]:
    for entry in entries or ():
        if entry.get("mode", "managed") == "managed":
            yield _resource_change(entry, configuration.of(str(entry["address"])))


def _resource_change(entry: Mapping[str, Any], configured: Configured) -> ResourceChange:
    change = entry["change"]
    actions = tuple(str(action) for action in change["actions"])
    importing = change.get("importing")
    return ResourceChange(
        address=str(entry["address"]),
        type=str(entry["type"]),
        module=str(entry.get("module_address") or ""),
        # An action of a later Terraform is a change of some kind: never one that goes unseen.
        action=_ACTIONS.get(actions, Action.UPDATE),
        actions=actions,
        before=_attributes(masked(change.get("before"), None, change.get("before_sensitive"))),
        after=_attributes(
            masked(change.get("after"), change.get("after_unknown"), change.get("after_sensitive"))
        ),
        reason=_text(entry.get("action_reason")),
        replace_paths=tuple(
            ".".join(map(str, path)) for path in change.get("replace_paths") or () if path
        ),
        imported=_import_id(importing) if importing is not None else None,
        previous_address=_text(entry.get("previous_address")),
        deposed=_text(entry.get("deposed")),
        arguments=configured.arguments,
        region=configured.region,
    )


def _attributes(value: Any) -> Mapping[str, Any]:
    if value is None:
        return {}
    if isinstance(value, Mapping):
        return value
    # Terraform can mark a whole resource as sensitive or unknown.
    return {"(all attributes)": value}


def _import_id(importing: Any) -> str:
    # An import by identity, of Terraform 1.12 and newer, has no ID.
    return _text(importing.get("id")) or "identity"


def _deferred(entries: Sequence[Mapping[str, Any]] | None) -> Iterator[str]:
    for entry in entries or ():
        yield str(entry.get("resource_change", {}).get("address", "a resource"))


def _outputs(entries: Mapping[str, Mapping[str, Any]] | None) -> Iterator[tuple[str, Any]]:
    """The root module's outputs after the apply."""
    for name, change in (entries or {}).items():
        yield (
            name,
            masked(change.get("after"), change.get("after_unknown"), change.get("after_sensitive")),
        )


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) and value else None


def _moment(value: Any) -> datetime | None:
    try:
        return datetime.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        return None
