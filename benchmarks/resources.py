"""What an app synthesized, as the file from which the other apps draw the same."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

# CDKTF writes these itself, whatever an element's own arguments say.
META_ARGUMENTS = ("depends_on", "lifecycle", "provisioner")
METADATA = "//"


class DifferentResourcesError(Exception):
    """Two apps wrote different resources, so that their costs say nothing of each other."""


def write_resources(output: Path, file: Path) -> None:
    """Writes the resources and data sources of every stack in a folder `cdktf.out`."""
    content = {
        name: {
            "region": configuration["provider"]["aws"][0]["region"],
            "elements": _elements(configuration),
        }
        for name, configuration in _configurations(output).items()
    }
    file.write_text(json.dumps(content), encoding="utf-8")


def check_same(output: Path, other: Path) -> None:
    """DifferentResourcesError: not the same resources in the same stacks, names aside."""
    wanted, found = (_contents(_configurations(folder)) for folder in (output, other))
    if wanted != found:
        missing = [line for stack in wanted for line in wanted[stack] - found.get(stack, Counter())]
        raise DifferentResourcesError(
            f"{other} differs from {output}; missing there: {missing[:3]}"
        )


def _configurations(output: Path) -> dict[str, dict[str, Any]]:
    return {
        file.parent.name: json.loads(file.read_bytes())
        for file in sorted(output.glob("stacks/*/cdk.tf.json"))
    }


def _elements(configuration: dict[str, Any]) -> list[dict[str, Any]]:
    return [
        {
            "kind": kind,
            "id": f"{kind}-{type_}-{label}",
            "type": type_,
            "arguments": _without(arguments, METADATA, *META_ARGUMENTS),
            "meta": {key: arguments[key] for key in META_ARGUMENTS if key in arguments},
        }
        for kind in ("resource", "data")
        for type_, labelled in configuration.get(kind, {}).items()
        for label, arguments in labelled.items()
    ]


def _without(arguments: dict[str, Any], *keys: str) -> dict[str, Any]:
    return {key: value for key, value in arguments.items() if key not in keys}


def _contents(configurations: dict[str, dict[str, Any]]) -> dict[str, Counter[str]]:
    return {
        name: Counter(
            json.dumps(_without(element, "id"), sort_keys=True)
            for element in _elements(configuration)
        )
        for name, configuration in configurations.items()
    }
