"""What is generated fits the newest version of the provider, as far as its schema is published.

`tools/provider_metadata.py` says where that is from, and how to renew it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from modules.plain.module import Module
from modules.provider.schema import TypeExpression, resource_schema
from tools.provider_metadata import OUTPUT

NEWEST: Final[Mapping[str, Any]] = json.loads(OUTPUT.read_text(encoding="utf-8"))
TYPES: Final[Mapping[str, Any]] = NEWEST["types"]
META: Final = {"//", "count", "depends_on", "lifecycle", "provisioner"}
_REFERENCE: Final = re.compile(
    r"\b((?:data\.)?aws_[a-z0-9_]+)\.[a-z][a-z0-9_]*(?:\[0\]|\[\*\])?\.([a-z_]+)"
)


def blocks(module: Module) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Each resource and data source of a provider: its type, and what it is given."""
    for element in module.elements:
        if element.place.type in TYPES:
            yield element.place.type, element.body
    for configuration in module.configurations.values():
        for type_, elements in configuration.get("data", {}).items():
            for body in elements.values():
                yield f"data.{type_}", body


def unknown(path: str, body: Mapping[str, Any], block: Mapping[str, Any]) -> Iterator[str]:
    """What the newest provider does not take, and what it wants besides."""
    for key, value in body.items():
        if key in META:
            continue
        kind = block["arguments"].get(key)
        nested = value if isinstance(value, list) else [value]
        if kind is None:
            yield f"{path}.{key}: not there"
        elif isinstance(kind, dict):
            for each in nested:
                yield from unknown(f"{path}.{key}", each, kind)
        elif any(isinstance(each, dict) for each in nested) and not kind.startswith("map"):
            yield f"{path}.{key}: {kind}, no block"
    yield from (f"{path}.{key}: missing" for key in block["required"] if key not in body)


def test_it_takes_every_argument_and_block(modules: list[Module]) -> None:
    seen = [(type_, body) for module in modules for type_, body in blocks(module)]
    assert {type_ for type_, _ in seen} == TYPES.keys() - {"data.aws_ssm_patch_baseline"}
    assert {each for type_, body in seen for each in unknown(type_, body, TYPES[type_])} == set()


def test_it_gives_every_attribute_that_is_referred_to(modules: list[Module]) -> None:
    texts = (json.dumps(module.configurations) for module in modules)
    referred = {match.groups() for text in texts for match in _REFERENCE.finditer(text)}
    assert len(referred) > 10
    assert [
        f"{type_}.{name}" for type_, name in referred if name not in TYPES[type_]["attributes"]
    ] == []


def kind_of(type_: TypeExpression) -> str:
    """As the metadata has it, where a set is a list."""
    if isinstance(type_, str):
        return type_
    outer, inner = type_
    return f"{'list' if outer == 'set' else outer}({kind_of(inner)})"


def test_its_arguments_are_of_the_same_types(modules: list[Module]) -> None:
    used = {
        (type_, key)
        for module in modules
        for type_, body in blocks(module)
        for key in body.keys() - META
        if not type_.startswith("data.") and key in resource_schema(type_).attributes
    }
    assert {
        f"{type_}.{key}"
        for type_, key in used
        if TYPES[type_]["arguments"][key] != kind_of(resource_schema(type_).attributes[key].type)
    } == set()
