"""The fleet file: the accounts, instances and hybrid nodes that an embedded AWS starts with."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml
from jsonschema import Draft202012Validator

from modules.local_aws.organizations import Membership
from modules.local_aws.principals import DEFAULT_ACCOUNT

SCHEMA_FILE = Path(__file__).with_name("fleet.schema.json")


class FleetFileError(Exception):
    """A fleet file that cannot be used; the text names every problem, one a line."""


@dataclass(frozen=True, kw_only=True)
class Node:
    """An EC2 instance or a hybrid node.

    An EC2 instance has a `profile` (None: no instance profile) that holds a `role` (None: an empty
    profile). A hybrid node has a `role` only. Roles are made with the node, where they are missing.
    `missing_patches` are those that it lacks (None: all that its operating system has).
    """

    name: str
    account: str
    region: str
    kind: str = "ec2"
    operating_system: str = "AMAZON_LINUX_2023"
    state: str = "running"
    profile: str | None = None
    role: str | None = None
    agent: bool = True
    tags: Mapping[str, str] = field(default_factory=dict)
    missing_patches: tuple[str, ...] | None = None


@dataclass(frozen=True, kw_only=True)
class Fleet:
    """What a fleet file says."""

    memberships: Mapping[str, Membership] = field(default_factory=dict)
    nodes: tuple[Node, ...] = ()
    missing_baselines: Mapping[str, frozenset[str]] = field(default_factory=dict)

    def membership(self, account: str) -> Membership | None:
        """The organization that an account belongs to, if any."""
        return self.memberships.get(account)


EMPTY = Fleet()


def load_fleet(path: Path) -> Fleet:
    """Read a fleet file. Raises FleetFileError."""
    try:
        document = yaml.safe_load(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise FleetFileError(f"{path}: {error.strerror}") from error
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise FleetFileError(f"{path}: not YAML: {error}") from error
    validator = Draft202012Validator(json.loads(SCHEMA_FILE.read_text(encoding="utf-8")))
    problems = sorted(validator.iter_errors(document), key=lambda e: e.json_path)
    if problems:
        raise FleetFileError("\n".join(f"{path}: {p.json_path}: {p.message}" for p in problems))
    return _fleet(document)


def _fleet(document: Mapping[str, Any]) -> Fleet:
    accounts = document.get("accounts", {})
    first = next(iter(accounts), DEFAULT_ACCOUNT)
    return Fleet(
        memberships={
            account: Membership(path=settings["organization_path"])
            for account, settings in accounts.items()
            if settings and "organization_path" in settings
        },
        nodes=tuple(
            parse_node({"account": first, "region": document.get("region", "us-east-1"), **node})
            for node in document.get("nodes", ())
        ),
        missing_baselines={
            region: frozenset(systems)
            for region, systems in document.get("missing_patch_baselines", {}).items()
        },
    )


def parse_node(fields: Mapping[str, Any]) -> Node:
    """A node from the fields of a fleet file; TypeError for others."""
    missing = fields.get("missing_patches")
    return Node(**{**fields, "missing_patches": None if missing is None else tuple(missing)})
