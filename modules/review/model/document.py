"""SSM documents: whether a change is one of meaning, or of white space alone."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from modules.review.leaves import text_lines
from modules.review.model.regions import region_of
from modules.review.plan import Action, Plan, ResourceChange
from modules.review.values import has_unknown

TYPE = "aws_ssm_document"
# What of a document makes State Manager's new version: all but tags and who it is shared with.
_VERSIONED = ("content", "document_format", "target_type", "version_name", "attachments_source")


@dataclass(frozen=True, kw_only=True)
class DocumentChange:
    """A document that gets a new version; `certain` is whether that is known before the apply."""

    change: ResourceChange
    name: str
    region: str | None
    certain: bool
    white_space_only: bool
    parts: tuple[str, ...]
    lines: tuple[str, ...]

    def is_of(self, name: object, region: str | None) -> bool:
        """Whether an association of this document's name, in a region, runs it."""
        return name == self.name and (not region or not self.region or region == self.region)


def changed_documents(plan: Plan) -> Iterator[DocumentChange]:
    """The documents whose new version the associations of that name run."""
    for change in plan.of_type(TYPE):
        if change.action not in (Action.UPDATE, Action.REPLACE):
            continue
        name = change.after.get("name") or change.before.get("name")
        keys = [key for key in _VERSIONED if _differs(change, key)]
        if not isinstance(name, str) or not (keys or change.action is Action.REPLACE):
            continue
        before, after = change.before.get("content"), change.after.get("content")
        yield DocumentChange(
            change=change,
            name=name,
            region=region_of(change.before) or change.region,
            certain=change.action is Action.REPLACE
            or any(not has_unknown(change.after.get(key)) for key in keys),
            white_space_only=keys == ["content"]
            and change.action is Action.UPDATE
            and same_meaning(before, after),
            parts=tuple(changed_parts(before, after)),
            lines=tuple(_changed_lines(before, after)),
        )


def _differs(change: ResourceChange, key: str) -> bool:
    if change.is_computed(key):
        return False
    before, after = change.before.get(key), change.after.get(key)
    return before != after and not (not before and not after)


def same_meaning(before: Any, after: Any) -> bool:
    """Whether two contents, in JSON or YAML, say the same."""
    first, second = parsed(before), parsed(after)
    return first is not None and first == second


def parsed(content: Any) -> Any:
    """What a content says; None where it cannot be read."""
    if not isinstance(content, str):
        return None
    try:
        return json.loads(content)
    except (ValueError, RecursionError):
        return _yaml(content)


def _yaml(content: str) -> Any:
    import yaml  # noqa: PLC0415 - most documents are JSON, and this is slow to import

    try:
        # Aliases make a few lines into a tree that takes years to compare.
        if any(isinstance(event, yaml.AliasEvent) for event in yaml.parse(content)):
            return None
        return yaml.safe_load(content)
    except (yaml.YAMLError, ValueError, RecursionError):
        return None


def changed_parts(before: Any, after: Any) -> Iterator[str]:
    """What of a document differs, by step and by member."""
    first, second = parsed(before), parsed(after)
    if not isinstance(first, Mapping) or not isinstance(second, Mapping):
        return
    for key in sorted({*first, *second} - {"mainSteps"}, key=str):
        if first.get(key) != second.get(key):
            yield str(key)
    yield from _changed_steps(_steps(first), _steps(second))


def _changed_lines(before: Any, after: Any) -> Iterator[str]:
    """What differs within the steps that are there before and after."""
    first, second = parsed(before), parsed(after)
    if isinstance(first, Mapping) and isinstance(second, Mapping):
        old, new = _steps(first), _steps(second)
        for name in sorted(old.keys() & new.keys()):
            yield from text_lines(name, old[name], new[name])


def _changed_steps(old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[str]:
    for name in sorted({*new, *old}):
        if name not in old:
            yield f"step {name} is new"
        elif name not in new:
            yield f"step {name} is gone"
        elif old[name] != new[name]:
            yield f"step {name} differs"
    if old.keys() == new.keys() and list(old) != list(new):
        yield "the order of the steps"


def _steps(document: Mapping[Any, Any]) -> dict[str, Any]:
    steps = document.get("mainSteps")
    if not isinstance(steps, list):
        return {}
    return {
        str(step.get("name", number)): step
        for number, step in enumerate(steps)
        if isinstance(step, Mapping)
    }
