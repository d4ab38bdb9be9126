"""The part of the provider's schema that is used, as plain data: no CDKTF, no Terraform needed.

It tells attributes from nested blocks, which Terraform's JSON does not show. The data file holds
what `terraform providers schema -json` says of the types in `types.py`, without descriptions.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Any, Final, TypeAlias

from modules.provider.types import AWS_SCHEMA_VERSION

SCHEMA_FILE: Final = Path(__file__).parent / "schema" / f"aws-{AWS_SCHEMA_VERSION}.json"

TypeExpression: TypeAlias = str | list[Any]
"""Terraform's own notation: `"string"`, `["map", "string"]`, `["list", ["object", {...}]]`."""


class Nesting(StrEnum):
    """How often a nested block may stand, and what Terraform makes of it."""

    SINGLE = "single"
    GROUP = "group"
    LIST = "list"
    SET = "set"
    MAP = "map"


@dataclass(frozen=True, slots=True, kw_only=True)
class AttributeSchema:
    """An attribute. Neither required nor optional: only the provider sets it."""

    name: str
    type: TypeExpression
    required: bool
    optional: bool
    computed: bool
    sensitive: bool
    deprecated: bool

    @property
    def is_argument(self) -> bool:
        """Whether a configuration may set it."""
        return self.required or self.optional


@dataclass(frozen=True, slots=True, kw_only=True)
class NestedBlock:
    """A block within a block. `max_items` is None where there is no bound."""

    name: str
    nesting: Nesting
    min_items: int
    max_items: int | None
    block: BlockSchema

    @property
    def is_single(self) -> bool:
        """Whether it stands at most once."""
        return self.nesting in (Nesting.SINGLE, Nesting.GROUP) or self.max_items == 1

    @property
    def is_required(self) -> bool:
        """Whether it must stand at least once."""
        return self.min_items > 0


@dataclass(frozen=True, slots=True, kw_only=True)
class BlockSchema:
    """The content of a resource, a data source or a nested block."""

    attributes: Mapping[str, AttributeSchema]
    blocks: Mapping[str, NestedBlock]
    deprecated: bool


def resource_schema(resource_type: str) -> BlockSchema:
    """The schema of a resource type. KeyError: not in `types.RESOURCES`."""
    return _schema("resources", resource_type)


def data_source_schema(data_source_type: str) -> BlockSchema:
    """The schema of a data source type. KeyError: not in `types.DATA_SOURCES`."""
    return _schema("data_sources", data_source_type)


@cache
def _document() -> dict[str, Any]:
    document: dict[str, Any] = json.loads(SCHEMA_FILE.read_text(encoding="utf-8"))
    return document


@cache
def _schema(kind: str, type_: str) -> BlockSchema:
    return parse_block(_document()[kind][type_])


def parse_block(raw: Mapping[str, Any]) -> BlockSchema:
    """A block as Terraform writes it, typed. ValueError: a feature of newer plugin protocols."""
    return BlockSchema(
        attributes={
            name: _attribute(name, attribute)
            for name, attribute in sorted(raw.get("attributes", {}).items())
        },
        blocks={
            name: NestedBlock(
                name=name,
                nesting=Nesting(block["nesting_mode"]),
                min_items=block.get("min_items", 0),
                max_items=block.get("max_items"),
                block=parse_block(block["block"]),
            )
            for name, block in sorted(raw.get("block_types", {}).items())
        },
        deprecated=raw.get("deprecated", False),
    )


def _attribute(name: str, raw: Mapping[str, Any]) -> AttributeSchema:
    if "type" not in raw:
        raise ValueError(
            f"attribute {name} has a nested type; the bindings know attributes of plain types only"
        )
    return AttributeSchema(
        name=name,
        type=raw["type"],
        required=raw.get("required", False),
        optional=raw.get("optional", False),
        computed=raw.get("computed", False),
        sensitive=raw.get("sensitive", False),
        deprecated=raw.get("deprecated", False),
    )
