"""What a plan's configuration says of a resource: which arguments it is given, and its region.

An unknown attribute that is not given is computed, and no reason to wonder. Terraform's JSON leaves
dynamic blocks out of the configuration, so that this is only for arguments.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

_INDEX = re.compile(r'\[(?:"(?:[^"\\]|\\.)*"|[0-9]+)\]')


@dataclass(frozen=True, kw_only=True)
class Configured:
    """A resource's arguments, and the region of its provider where that is a constant."""

    arguments: frozenset[str] | None = None
    region: str | None = None


NOTHING = Configured()


class Configuration:
    """The configuration of a plan, if it has one; asked by the address of a resource."""

    def __init__(self, document: Mapping[str, Any]) -> None:
        configuration = document.get("configuration")
        self._resources: dict[str, Configured] = {}
        if isinstance(configuration, Mapping) and "root_module" in configuration:
            declared = configuration["root_module"].get("variables") or {}
            variables = {
                name: variable
                for name, variable in (document.get("variables") or {}).items()
                if (declared.get(name) or {}).get("sensitive") is not True
            }
            self._regions = dict(_regions(configuration.get("provider_config") or {}, variables))
            self._resources = dict(self._module(configuration["root_module"], ""))

    def of(self, address: str) -> Configured:
        """What is said of a resource, whatever its keys; nothing where it is not there."""
        return self._resources.get(_INDEX.sub("", address), NOTHING)

    def _module(self, module: Mapping[str, Any], prefix: str) -> Iterator[tuple[str, Configured]]:
        for resource in module.get("resources") or ():
            yield (
                f"{prefix}{resource['address']}",
                Configured(
                    arguments=frozenset(_given(resource.get("expressions") or {})),
                    region=self._regions.get(str(resource.get("provider_config_key"))),
                ),
            )
        for name, call in (module.get("module_calls") or {}).items():
            yield from self._module(call.get("module") or {}, f"{prefix}module.{name}.")


def _given(expressions: Mapping[str, Any]) -> Iterator[str]:
    """The arguments that have a value: an empty constant is taken for none by the provider."""
    for name, expression in expressions.items():
        constant = expression.get("constant_value", ...) if isinstance(expression, Mapping) else ...
        if constant not in (None, "", {}, []):
            yield name


def _regions(
    providers: Mapping[str, Any], variables: Mapping[str, Any]
) -> Iterator[tuple[str, str]]:
    """The region of each provider: a constant, or a variable of the root module."""
    for key, provider in providers.items():
        region = (provider.get("expressions") or {}).get("region") or {}
        value = region.get("constant_value")
        references = region.get("references") or []
        if value is None and len(references) == 1 and references[0].startswith("var."):
            value = (variables.get(references[0].removeprefix("var.")) or {}).get("value")
        if isinstance(value, str):
            yield key, value
