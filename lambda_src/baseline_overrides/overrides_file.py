"""The content of `baseline_overrides.json`: an array, one patch baseline per operating system."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, datetime

from .errors import OverridesFileError
from .patch_baselines import Baseline

# They say nothing about patches, and would make a new file of an unchanged baseline. All else is
# kept, so that a rule which a later version of the API adds reaches the nodes.
_LEFT_OUT = frozenset({"CreatedDate", "ModifiedDate", "PatchGroups", "ResponseMetadata"})


def compose(baselines: Sequence[Baseline]) -> bytes:
    """The same baselines always give the same bytes, and other bytes mean another rule.

    JSON in ASCII, as nodes read it with whatever encoding they are set to. A baseline has a line,
    so that two versions of the object differ in the lines of what was changed.
    """
    lines = (
        json.dumps(
            {name: value for name, value in baseline.items() if name not in _LEFT_OUT},
            sort_keys=True,
            default=_iso_8601,
        )
        for baseline in baselines
    )
    return "[\n{}\n]\n".format(",\n".join(lines)).encode("ascii")


def check(body: bytes) -> None:
    """Hold the file against the rules by which a node's patching code reads it.

    Raises:
        OverridesFileError: naming the rule, and the exit code that nodes would end with.
    """
    names = [item.get("OperatingSystem") for item in _items(body)]
    if not names or not all(isinstance(name, str) for name in names):
        raise _broken("an item for the node's operating system", 163)
    if len(set(names)) < len(names):
        raise _broken("no second item for an operating system", 165)


def _items(body: bytes) -> list[dict[str, object]]:
    try:
        items = json.loads(body)
    except ValueError:
        items = None
    if isinstance(items, list) and all(isinstance(item, dict) for item in items):
        return items
    raise _broken("a JSON array of objects", 161)


def _broken(rule: str, exit_code: int) -> OverridesFileError:
    return OverridesFileError(
        f"The new file was not written, the former one is still in place: nodes want {rule}, and"
        f" would end with exit code {exit_code}. Please report this defect of the function."
    )


def _iso_8601(value: datetime) -> str:
    """A date, the only value in Patch Manager's answers that JSON lacks."""
    return value.astimezone(UTC).isoformat()
