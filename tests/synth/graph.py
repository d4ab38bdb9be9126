"""The order that Terraform sees in a configuration: references and `depends_on`."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

ADDRESS = re.compile(r"(?<![\w.])((?:data\.)?(?:aws|terraform)_\w+\.\w+|local\.\w+)")
META = ("lifecycle", "depends_on")


@dataclass(frozen=True)
class Graph:
    """Blocks by address (`aws_iam_role.x`, `data...`, `local.x`), and what each refers to."""

    blocks: Mapping[str, Any]
    edges: Mapping[str, frozenset[str]]

    def of_type(self, resource_type: str) -> dict[str, dict[str, Any]]:
        """The resources of a type, by address."""
        return {
            address: block
            for address, block in self.blocks.items()
            if address.startswith(f"{resource_type}.")
        }

    def before(self, address: str) -> set[str]:
        """Everything that Terraform completes before it begins with this."""
        found: set[str] = set()
        ahead = [address]
        while ahead:
            new = self.edges[ahead.pop()] - found
            found |= new
            ahead += new
        return found


def graph_of(configuration: Mapping[str, Any]) -> Graph:
    """The graph of one stack."""
    blocks = {
        **_blocks("", configuration.get("resource", {})),
        **_blocks("data.", configuration.get("data", {})),
        **{f"local.{name}": value for name, value in configuration.get("locals", {}).items()},
    }
    return Graph(
        blocks, {address: frozenset(_references(block)) for address, block in blocks.items()}
    )


def _blocks(prefix: str, kinds: Mapping[str, Any]) -> dict[str, Any]:
    return {
        f"{prefix}{kind}.{name}": block
        for kind, named in kinds.items()
        for name, block in named.items()
    }


def _references(value: Any, *, plain: bool = False) -> Iterator[str]:
    """Addresses in templates, and where `plain` texts are addresses themselves."""
    match value:
        case dict():
            for key, item in value.items():
                yield from _references(item, plain=key in META or plain)
        case list():
            for item in value:
                yield from _references(item, plain=plain)
        case str() if plain or "${" in value:
            expressions = value if plain else "".join(_expressions(value))
            yield from ADDRESS.findall(expressions)


def _expressions(template: str) -> Iterator[str]:
    """From the first `${` on: text in between names no address here, and the end is not needed."""
    yield template[template.index("${") :]
