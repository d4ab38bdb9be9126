"""The fleet that a review counts: an inventory of nodes in YAML or JSON.

Its form is `fleet.schema.json`. A fleet file of the embedded AWS is one as well.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NoReturn

from modules.review.errors import ReviewError

SCHEMA_FILE = Path(__file__).with_name("fleet.schema.json")
_MOST_PROBLEMS = 100


@dataclass(frozen=True, kw_only=True)
class Node:
    """A node; what the inventory leaves out is None. `agent` is whether SSM Agent runs on it."""

    id: str
    region: str | None = None
    operating_system: str | None = None
    is_hybrid: bool = False
    is_running: bool = True
    agent: bool = True
    profile: str | None = None
    role: str | None = None
    tags: Mapping[str, str] = field(default_factory=dict)
    resource_groups: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Fleet:
    """All nodes, and the tags of roles that the plan does not have."""

    nodes: tuple[Node, ...]
    role_tags: Mapping[str, Mapping[str, str]] = field(default_factory=dict)


def load_fleet(path: Path) -> Fleet:
    """Read a fleet file; raises ReviewError with its problems, a line each."""
    # Imported here because most reviews have no fleet.
    import yaml  # noqa: PLC0415
    from jsonschema import Draft202012Validator  # noqa: PLC0415

    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        document = yaml.load(path.read_text(encoding="utf-8"), Loader=loader)  # noqa: S506 - safe
    except OSError as error:
        raise ReviewError(f"{path}: cannot be read: {error.strerror}") from error
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        said = " ".join(str(error).split())
        raise ReviewError(f"{path}: found no YAML ({said}); expected a fleet file") from error
    validator = Draft202012Validator(json.loads(SCHEMA_FILE.read_text(encoding="utf-8")))
    problems = sorted(validator.iter_errors(document), key=lambda each: each.json_path)
    if problems:
        _refuse([f"{path}: {each.json_path}: {each.message[:300]}" for each in problems])
    fleet = _fleet(document)
    counts = Counter(node.id for node in fleet.nodes)
    if twice := [node for node, number in counts.items() if number > 1]:
        _refuse([f"{path}: $.nodes: found {node} twice; expected each once" for node in twice])
    return fleet


def _refuse(problems: list[str]) -> NoReturn:
    more = len(problems) - _MOST_PROBLEMS
    rest = [f"and {more} more"] if more > 0 else []
    raise ReviewError("\n".join([*problems[:_MOST_PROBLEMS], *rest]))


def _fleet(document: Mapping[str, Any]) -> Fleet:
    region = document.get("region")
    return Fleet(
        nodes=tuple(_node(each, region) for each in document["nodes"]),
        role_tags=document.get("roles", {}),
    )


def _node(entry: Mapping[str, Any], region: str | None) -> Node:
    node_id = entry.get("id") or entry["name"]
    return Node(
        id=node_id,
        region=entry.get("region", region),
        operating_system=entry.get("operating_system"),
        is_hybrid=entry.get("kind") == "hybrid" or node_id.startswith("mi-"),
        is_running=entry.get("state", "running") == "running",
        agent=entry.get("agent", True),
        profile=entry.get("profile"),
        role=entry.get("role"),
        tags={"Name": entry["name"], **entry.get("tags", {})}
        if "name" in entry
        else entry.get("tags", {}),
        resource_groups=tuple(entry.get("resource_groups", ())),
    )
