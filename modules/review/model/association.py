"""State Manager associations, recognized by what they are and not by where they stand."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from modules.policy.schedule import is_rate
from modules.quick_setup import names
from modules.review.values import UNKNOWN, Hidden, Unknown, is_hidden

TYPE = "aws_ssm_association"
_PLACEHOLDER = "aws:NoOpAutomationTag"  # what AWS reports where there are no targets
_WITHOUT_TARGETS = ("NameTagRemediation", "EnableExplorer", "BaselineRemediation")
# AWS's documents that patch: all have the parameters Operation and, but for the last, RebootOption.
PATCH_DOCUMENTS = (
    "AWS-RunPatchBaseline",
    "AWS-RunPatchBaselineAssociation",
    "AWS-RunPatchBaselineWithHooks",
    "AWS-ApplyPatchBaseline",
)
_NAME = re.compile(
    re.escape(names.association("", "").rstrip("-")) + r"-(?P<purpose>.+?)(?:-LA)?-(?P<id>[^-]+)"
)
_REGION = re.compile(r"arn:[^:]*:[^:]*:(?P<region>[^:]+):")
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
        """Whether it runs a document of AWS's whose Operation scans or installs."""
        return self.document in PATCH_DOCUMENTS

    @property
    def operation(self) -> Text:
        """`Scan` or `Install` where it patches."""
        return self.parameter("Operation") if self.patches else None

    @property
    def has_no_targets(self) -> bool:
        """Whether it is one that Quick Setup gives no targets: what it then reports is its own."""
        return self.purpose in _WITHOUT_TARGETS

    @property
    def installs(self) -> bool:
        """Whether it installs patches, or may: unknown counts."""
        return self.patches and (self.operation == "Install" or is_hidden(self.operation))

    @property
    def reboots(self) -> bool:
        """Whether it may reboot nodes: the document's own default is RebootIfNeeded."""
        return self.installs and self.parameter("RebootOption") != "NoReboot"

    @property
    def is_waiting(self) -> bool | Unknown:
        """Whether an edit waits for the next interval, which State Manager grants cron alone."""
        if self.schedule is None:
            return False
        if is_hidden(self.schedule) or is_hidden(self.waits):
            return False if self.waits is False else UNKNOWN
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


def region_of(attributes: Mapping[str, Any]) -> str | None:
    """The region that an association's own attributes name."""
    region = attributes.get("region")  # of hashicorp/aws 6
    if isinstance(region, str):
        return region
    arn = attributes.get("arn")
    match = _REGION.match(arn) if isinstance(arn, str) else None
    return match["region"] if match else None


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
    listed = list(blocks) if isinstance(blocks, Sequence) else []
    if not all(_is_readable(block) for block in listed):
        return UNKNOWN
    return Targets(
        by_key={
            block["key"]: tuple(block["values"]) for block in listed if block["key"] != _PLACEHOLDER
        }
    )


def _is_readable(block: Any) -> bool:
    if not isinstance(block, Mapping) or not isinstance(block.get("values"), list):
        return False
    return all(isinstance(each, str) for each in (block.get("key"), *block["values"]))
