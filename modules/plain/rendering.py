"""Configurations as the text of files, in HCL or JSON."""

from __future__ import annotations

import json
from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from modules.provider.hcl_document import render_document


class Format(StrEnum):
    """Terraform's two syntaxes."""

    HCL = "hcl"
    JSON = "json"

    @property
    def ending(self) -> str:
        """Of a file's name."""
        return ".tf" if self is Format.HCL else ".tf.json"


def render(configuration: Mapping[str, Any], form: Format) -> bytes:
    """The text of one file."""
    if form is Format.HCL:
        return render_document(configuration).encode()
    plain = _unescaped_constants(_by_type(_without_comments(configuration)))
    return (json.dumps(plain, indent=2, ensure_ascii=False) + "\n").encode()


def _without_comments(value: Any) -> Any:
    match value:
        case Mapping():
            return {key: _without_comments(item) for key, item in value.items() if key != "//"}
        case list():
            return [_without_comments(item) for item in value]
    return value


def _by_type(configuration: Mapping[str, Any]) -> dict[str, Any]:
    """Resources in one object, as JSON has them; their order is for readers of HCL."""
    resources: dict[str, Any] = {}
    for item in configuration.get("resource", []):
        for type_, elements in item.items():
            resources.setdefault(type_, {}).update(elements)
    return {**configuration, **({"resource": resources} if resources else {})}


def _unescaped_constants(configuration: Mapping[str, Any]) -> dict[str, Any]:
    """In JSON, Terraform reads descriptions and defaults as they stand, not as templates."""
    changed = dict(configuration)
    for kind in ("variable", "output"):
        if kind in changed:
            changed[kind] = {
                name: {
                    key: _unescaped(item) if key in ("description", "default") else item
                    for key, item in block.items()
                }
                for name, block in changed[kind].items()
            }
    return changed


def _unescaped(value: Any) -> Any:
    match value:
        case str():
            return value.replace("$${", "${").replace("%%{", "%{")
        case Mapping():
            return {key: _unescaped(item) for key, item in value.items()}
        case list():
            return [_unescaped(item) for item in value]
    return value
