"""Plans to review: one policy's, and one of 5,000 resources in 50 MB as large teams have them."""

from __future__ import annotations

import json
import lzma
from collections.abc import Iterator, Mapping
from itertools import count, islice
from pathlib import Path
from typing import Any

PLANS = Path(__file__).resolve().parents[1] / "tests" / "unit" / "review" / "plans"
SINGLE = "stack-scan-becomes-install-with-reboots"
RESOURCES = 5_000
BYTES = 50_000_000


def write_single_plan(file: Path) -> Path:
    """A labelled plan, as it stands."""
    file.write_bytes(lzma.decompress((PLANS / f"{SINGLE}.json.xz").read_bytes()))
    return file


def write_big_plan(file: Path) -> Path:
    """The plan of a large team, in a file."""
    file.write_bytes(big_plan(BYTES))
    return file


def big_plan(size: int) -> bytes:
    """That plan's resources again and again in modules of their own, and the state beside them."""
    plan = json.loads(lzma.decompress((PLANS / f"{SINGLE}.json.xz").read_bytes()))
    count = RESOURCES * size // BYTES
    resources = list(islice(_copies(plan["resource_changes"]), count))
    big = {**plan, "resource_changes": resources, "resource_drift": []}
    length = len(json.dumps(big))
    values = [
        resource["change"]["before"] for resource in resources if resource["change"]["before"]
    ]
    state = []
    for value in values * 4:
        if length >= size:
            break
        state.append({"values": value})
        length += len(json.dumps(value)) + 14
    big["prior_state"] = {"values": {"root_module": {"resources": state}}}
    return json.dumps(big).encode()


def _copies(resources: list[Mapping[str, Any]]) -> Iterator[dict[str, Any]]:
    """Each copy is a policy of its own, on nodes of its own."""
    for number in count():
        for resource in resources:
            text = (
                json.dumps(resource)
                .replace("a1b2c", f"p{number:04}")
                .replace('"tag:Env"', f'"tag:Env{number}"')
            )
            copy = json.loads(text)
            module = f'module.policies["p{number:04}"]'
            copy["address"] = f"{module}.{copy['address']}"
            copy["module_address"] = module
            yield copy
