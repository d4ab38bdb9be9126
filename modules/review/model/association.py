"""State Manager associations, recognized by what they are and not by where they stand."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from modules.policy.schedule import is_rate
from modules.quick_setup import names
from modules.review.model.patch_documents import (
    INTERRUPTING,
    PATCHING,
    RUN_PATCH_BASELINE,
    PatchDocument,
)
from modules.review.model.regions import region_of
from modules.review.values import (
    UNKNOWN,
    Hidden,
    concealed,
    has_unknown,
    is_hidden,
)

TYPE = "aws_ssm_association"
_PLACEHOLDER = "aws:NoOpAutomationTag"  # what AWS reports where there are no targets
_WITHOUT_TARGETS = ("NameTagRemediation", "EnableExplorer", "BaselineRemediation")
_NAME = re.compile(
    re.escape(names.association("", "").rstrip("-")) + r"-(?P<purpose>.+?)(?:-LA)?-(?P<id>[^-]+)"
)
Text = str | Hidden | None


@dataclass(frozen=True, kw_only=True)
class Targets:
    """On whom an association runs: values by key, every key of which has to fit."""

    by_key: Mapping[str, tuple[str, ...]]

    @property
    def is_all(self) -> bool:
        """Whether it is every managed node."""
        return dict(self.by_key) == {"InstanceIds": ("*",)}


@dataclass(frozen=True, kw_only=True)
class Association:
    """An association before or after the apply; any text may be unknown or sensitive."""

    address: str
    name: str
    document: Text
    policy: str | None
    purpose: str
    region: str | None
    parameters: Mapping[str, Text] | Hidden
    schedule: Text
    waits: bool | Hidden
    targets: Targets | Hidden
    max_concurrency: Text
    max_errors: Text
    document_version: Text
    sync_compliance: Text
    output: Any

    def parameter(self, name: str) -> Text:
        """The value that the document is given."""
        if is_hidden(self.parameters):
            return self.parameters  # type: ignore[return-value] # narrowed by the line above
        return self.parameters.get(name)  # type: ignore[union-attr] # as above

    @property
    def patches(self) -> bool:
        """Whether it runs a document of AWS's that scans or installs."""
        return self._patching is not None

    @property
    def interrupts(self) -> str | None:
        """What it does to nodes besides patching that takes them down, in words."""
        return INTERRUPTING.get(str(self.document))

    @cached_property
    def operation(self) -> Text:
        """`Scan` or `Install` where it patches."""
        if self._patching is None:
            return None
        name = self._patching.operation
        return self.parameter(name) if name else "Install"

    @property
    def reboot_option(self) -> Text:
        """What the document is told of reboots; None where nothing."""
        return self.parameter(self.reboot_parameter) if self.reboot_parameter else None

    @property
    def reboot_parameter(self) -> str | None:
        """The parameter by which its document is told of reboots."""
        return self._patching.reboot if self._patching else None

    @cached_property
    def _patching(self) -> PatchDocument | None:
        """How its document patches; one that is not known may, where it is given an Operation."""
        if is_hidden(self.document):
            return RUN_PATCH_BASELINE if self.parameter("Operation") is not None else None
        return PATCHING.get(str(self.document))

    @property
    def has_no_targets(self) -> bool:
        """Whether it is one that Quick Setup gives no targets: what it then reports is its own."""
        return self.purpose in _WITHOUT_TARGETS

    @cached_property
    def installs(self) -> bool:
        """Whether it installs patches, or may: unknown counts."""
        return self.patches and (self.operation == "Install" or is_hidden(self.operation))

    @cached_property
    def reboots(self) -> bool:
        """Whether it may reboot nodes, which is each document's own default."""
        stays_up = self._patching.stays_up if self._patching else None
        return self.installs and (stays_up is None or self.reboot_option != stays_up)

    @property
    def is_waiting(self) -> bool | Hidden:
        """Whether an edit waits for the next interval, which State Manager grants cron alone."""
        if self.schedule is None:
            return False
        if is_hidden(self.waits):
            return self.waits
        if is_hidden(self.schedule):
            return self.waits and self.schedule  # type: ignore[return-value] # a mark, by the line above
        return bool(self.waits) and not is_rate(str(self.schedule))


def read_association(
    address: str, attributes: Mapping[str, Any], region: str | None
) -> Association | None:
    """The association that attributes of `aws_ssm_association` describe; None where none.

    `region` is that of its provider, if known.
    """
    if not attributes:
        return None
    name = attributes.get("association_name")
    policy, purpose = _parts(name)
    return Association(
        address=address,
        name=name if isinstance(name, str) else address,
        document=_document(attributes.get("name")),
        policy=policy,
        purpose=purpose,
        region=region_of(attributes) or region,
        parameters=_parameters(attributes.get("parameters")),
        schedule=attributes.get("schedule_expression") or None,
        waits=_flag(attributes.get("apply_only_at_cron_interval")),
        targets=_targets(attributes.get("targets"), attributes.get("instance_id"), purpose),
        max_concurrency=attributes.get("max_concurrency") or None,
        max_errors=attributes.get("max_errors") or None,
        document_version=attributes.get("document_version"),
        sync_compliance=attributes.get("sync_compliance"),
        output=attributes.get("output_location"),
    )


def _document(name: Any) -> Text:
    """A document's name, which may be given as an ARN."""
    if isinstance(name, str) and name.startswith("arn:"):
        return name.rpartition(":document/")[2] or name
    return name if is_hidden(name) or isinstance(name, str) else None


def _parts(name: Any) -> tuple[str | None, str]:
    """The configuration ID and the purpose that Quick Setup's names have."""
    match = _NAME.fullmatch(name) if isinstance(name, str) else None
    return (match["id"], match["purpose"]) if match else (None, "Association")


def _parameters(value: Any) -> Mapping[str, Text] | Hidden:
    if is_hidden(value):
        return value  # type: ignore[no-any-return] # a mark
    return value if isinstance(value, Mapping) else {}


def _flag(value: Any) -> bool | Hidden:
    return value if is_hidden(value) else value is True


def _targets(blocks: Any, instance_id: Any, purpose: str) -> Targets | Hidden:
    if is_hidden(blocks):
        # What AWS reports for an association that Quick Setup gives no targets is a placeholder.
        return Targets(by_key={}) if purpose in _WITHOUT_TARGETS else blocks
    if isinstance(instance_id, str) and instance_id and not blocks:
        return Targets(by_key={"InstanceIds": (instance_id,)})
    if is_hidden(instance_id) and not blocks:
        return instance_id  # type: ignore[no-any-return] # a mark
    listed = list(blocks) if isinstance(blocks, Sequence) else []
    if not all(_is_readable(block) for block in listed):
        return UNKNOWN if has_unknown(blocks) else concealed(blocks)
    by_key: dict[str, tuple[str, ...]] = {}
    for block in listed:
        if block["key"] != _PLACEHOLDER:
            by_key[block["key"]] = (*by_key.get(block["key"], ()), *block["values"])
    return Targets(by_key=by_key)


def _is_readable(block: Any) -> bool:
    if not isinstance(block, Mapping) or not isinstance(block.get("values"), list):
        return False
    return all(isinstance(each, str) for each in (block.get("key"), *block["values"]))
