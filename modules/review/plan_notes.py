"""What a plan says besides its resources: outputs that change, and checks that fail."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any


def changed_outputs(entries: Mapping[str, Mapping[str, Any]] | None) -> Iterator[str]:
    """The names of the root module's outputs that change."""
    for name, change in sorted((entries or {}).items()):
        if change.get("actions") not in (["no-op"], None):
            yield name


def failed_checks(entries: Sequence[Mapping[str, Any]] | None) -> Iterator[tuple[str, str]]:
    """The address of what each failed check stands in, and what it says."""
    for entry in entries or ():
        if entry.get("status") in ("fail", "error"):
            address = (entry.get("address") or {}).get("to_display") or "a check"
            said = [
                str(problem.get("message") or "")
                for instance in entry.get("instances") or ()
                for problem in instance.get("problems") or ()
            ]
            yield str(address), " ".join(" ".join(said).split()) or "it says no more"
