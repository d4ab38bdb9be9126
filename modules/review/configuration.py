"""Which attributes of a resource the configuration sets: an unknown one that it does not set is
computed, and no reason to wonder.

Terraform's JSON leaves dynamic blocks out of the configuration, so that this is only for arguments.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

_INDEX = re.compile(r'\[(?:"(?:[^"\\]|\\.)*"|[0-9]+)\]')
Configured = Mapping[str, frozenset[str]]


def configured_attributes(configuration: Any) -> Configured | None:
    """The arguments of every resource, by its address without keys; None without configuration."""
    if not isinstance(configuration, Mapping) or "root_module" not in configuration:
        return None
    return dict(_module(configuration["root_module"], ""))


def arguments_of(address: str, configured: Configured | None) -> frozenset[str] | None:
    """The arguments that a resource is given; None where that is not known."""
    if configured is None:
        return None
    return configured.get(_INDEX.sub("", address))


def _module(module: Mapping[str, Any], prefix: str) -> Iterator[tuple[str, frozenset[str]]]:
    for resource in module.get("resources") or ():
        yield f"{prefix}{resource['address']}", frozenset(resource.get("expressions") or ())
    for name, call in (module.get("module_calls") or {}).items():
        yield from _module(call.get("module") or {}, f"{prefix}module.{name}.")
