"""The event: checked as a whole, and turned into a frozen request."""

from __future__ import annotations

import json
import re
import reprlib
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from .errors import EventError

# Amazon S3 User Guide, "General purpose bucket naming rules".
_BUCKET_NAME = re.compile(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]")
# Systems Manager API reference, GetPatchBaseline: an ID, or the ARN of a baseline that AWS owns.
_BASELINE_ID = re.compile(r"[a-zA-Z0-9_\-:/]{20,128}")
_PROPERTIES = "$.ResourceProperties"
_BASELINES = f"{_PROPERTIES}.PatchBaselines"

_shown = reprlib.Repr()
_shown.maxstring = _shown.maxother = 80


class RequestType(StrEnum):
    """What the function is asked to do."""

    CREATE = "Create"
    UPDATE = "Update"
    DELETE = "Delete"
    REMEDIATE = "Remediate"


@dataclass(frozen=True, kw_only=True)
class Request:
    """One checked event; `baseline_ids` is sorted by operating system, and empty for Delete."""

    type: RequestType
    bucket: str
    baseline_ids: Mapping[str, str]


def parse_event(event: object) -> Request:
    """Check the event; keys that are not needed are left alone.

    `PatchBaselines` may be an object, or the same as JSON text: a document has it as a parameter.

    Raises:
        EventError: naming every problem at once.
    """
    problems: list[str] = []
    top = _object("$", event, problems)
    properties = _object(_PROPERTIES, top.get("ResourceProperties"), problems) if top else {}
    kind = _request_type(top.get("RequestType"), problems) if top else None
    bucket, baseline_ids = "", {}
    if properties:
        bucket = _bucket(properties.get("BucketName"), problems)
        if kind is not RequestType.DELETE:
            baseline_ids = _baseline_ids(properties.get("PatchBaselines"), problems)
    if problems or kind is None:
        raise EventError(problems)
    return Request(type=kind, bucket=bucket, baseline_ids=baseline_ids)


def _problem(path: str, found: object, expected: str) -> str:
    shown = "nothing" if found is None else _shown.repr(found)
    return f"{path}: found {shown}; expected {expected}"


def _object(path: str, found: object, problems: list[str]) -> dict[str, object]:
    if isinstance(found, dict) and found:
        return found
    problems.append(_problem(path, found, "an object that is not empty"))
    return {}


def _request_type(found: object, problems: list[str]) -> RequestType | None:
    for kind in RequestType:
        if found == kind:
            return kind
    problems.append(_problem("$.RequestType", found, f"one of {', '.join(RequestType)}"))
    return None


def _bucket(found: object, problems: list[str]) -> str:
    if isinstance(found, str) and _BUCKET_NAME.fullmatch(found):
        return found
    problems.append(_problem(f"{_PROPERTIES}.BucketName", found, "the name of an S3 bucket"))
    return ""


def _baseline_ids(found: object, problems: list[str]) -> dict[str, str]:
    if isinstance(found, str):
        try:
            found = json.loads(found, object_pairs_hook=_without_repetition)
        except (ValueError, RecursionError) as error:
            problems.append(_problem(_BASELINES, found, f"JSON text ({error})"))
            return {}
    chosen = _object(_BASELINES, found, problems)
    return {name: _baseline_id(name, chosen[name], problems) for name in sorted(chosen)}


def _baseline_id(operating_system: str, entry: object, problems: list[str]) -> str:
    path = f"{_BASELINES}.{operating_system}"
    if not isinstance(entry, dict):
        problems.append(_problem(path, entry, "an object with a value"))
        return ""
    value = entry.get("value")
    if isinstance(value, str) and _BASELINE_ID.fullmatch(value):
        return value
    problems.append(_problem(f"{path}.value", value, "the ID or the ARN of a patch baseline"))
    return ""


def _without_repetition(pairs: list[tuple[str, object]]) -> dict[str, object]:
    """Refuse a key given twice, of which `json` would silently keep the last."""
    entries = dict(pairs)
    if len(entries) < len(pairs):
        raise ValueError("a key is given twice")
    return entries
