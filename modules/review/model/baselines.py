"""Which patch baseline each operating system has, before and after.

They stand in the input of the invocation that fills the bucket: the Lambda function of a patch
policy takes the same event as Quick Setup's own, `ResourceProperties.PatchBaselines`.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from modules.review.model.pairs import pairs
from modules.review.plan import Plan, ResourceChange
from modules.review.values import Hidden, is_hidden

INVOCATION = "aws_lambda_invocation"
CUSTOM = "aws_ssm_patch_baseline"
Baselines = Mapping[str, str]


@dataclass(frozen=True, kw_only=True)
class BaselineSelection:
    """The baselines by operating system; None where there is no selection on that side."""

    change: ResourceChange
    before: Baselines | Hidden | None
    after: Baselines | Hidden | None


def baseline_selections(plan: Plan) -> Iterator[BaselineSelection]:
    """The selection of each policy of the plan that has a baseline store."""
    for pair in pairs(plan, (INVOCATION,), _function):
        before = _baselines(pair.before.get("input"))
        after = _baselines(pair.after.get("input"))
        if before is not None or after is not None:
            yield BaselineSelection(change=pair.change, before=before, after=after)


def _function(attributes: Mapping[str, Any], change: ResourceChange) -> str | None:
    name = attributes.get("function_name")
    return f"{change.region} {name}" if isinstance(name, str) else None


def _baselines(event: Any) -> Baselines | Hidden | None:
    if is_hidden(event):
        return event  # type: ignore[no-any-return] # a mark
    try:
        properties = json.loads(event)["ResourceProperties"]
        found = properties["PatchBaselines"]
        found = json.loads(found) if isinstance(found, str) else found
        return {str(system): _shown(entry) for system, entry in found.items()}
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        return None


def _shown(entry: Any) -> str:
    """A baseline's label and ID; AWS's own have one for each region."""
    if not isinstance(entry, Mapping):
        return str(entry)
    value, label = str(entry.get("value", "")), str(entry.get("label", ""))
    short = value.rpartition("/")[2]
    return f"{label} ({short})" if label and label != value else value
