"""Names that stand in several places of a module, as local values."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from modules.plain.drawing import CONFIGURATION_ID, PLACE, with_references
from modules.plain.rewriting import Substitution
from modules.policy.model import InstanceIds, PatchPolicy
from modules.policy.targets import target_values
from modules.provider.expressions import reference
from modules.provider.hcl import render_expression
from modules.quick_setup import names

_SHORT_HASH = "${substr(sha256(var.configuration_id), 0, 4)}"


def substitutions(policy: PatchPolicy) -> tuple[Substitution, ...]:
    """What replaces drawn names; longer ones first, as they hold shorter ones."""
    drawn = with_references(policy)
    values = target_values(drawn.targets)
    fields = {
        key: f'join(",", {value[2:-1]})' if isinstance(drawn.targets, InstanceIds) else value[2:-1]
        for key, value in json.loads(values).items()
        if value.startswith("${")
    }
    members = ", ".join(f"{key} = {expression}" for key, expression in fields.items())
    targets = [Substitution(values, f"jsonencode({{ {members} }})")] if fields else []
    known = [Substitution(template, f"local.{name}") for name, template in _drawn_names(drawn)]
    return (*targets, *known)


def _drawn_names(policy: PatchPolicy) -> Iterator[tuple[str, str]]:
    store_account = policy.baseline_store_account or PLACE.account
    yield "baseline_override_url", names.overrides_url(store_account, CONFIGURATION_ID)
    yield "access_log_bucket", names.access_log_bucket(PLACE.account, CONFIGURATION_ID)
    yield "baseline_bucket", names.baseline_bucket(PLACE.account, CONFIGURATION_ID)
    yield "baseline_function", names.baseline_function(CONFIGURATION_ID)
    yield "baseline_function_role", names.baseline_function_role(CONFIGURATION_ID)
    yield "remediation_role", names.remediation_role(CONFIGURATION_ID)
    yield "automation_role", names.automation_role(CONFIGURATION_ID, PLACE.region)
    yield "explorer_role", names.explorer_role(CONFIGURATION_ID, PLACE.region)


def local_values(policy: PatchPolicy, *, reusable: bool, used_in: object) -> Mapping[str, Any]:
    """The locals that `used_in` refers to, and those that they refer to themselves."""
    drawn = with_references(policy)
    values = {
        "account_id": reference("data.aws_caller_identity.current.account_id"),
        "partition": reference("data.aws_partition.current.partition"),
        # The provider's region: its `id` is the same in versions 5 and 6, its name is not.
        "region": reference("data.aws_region.current.id"),
        **dict(_drawn_names(drawn)),
    }
    values["baseline_function"] = _baseline_function()
    del values["baseline_override_url"]
    values["baseline_override_url"] = _override_url(drawn, reusable=reusable)
    return _used(values, json.dumps(used_in))


def _baseline_function() -> str:
    drawn = names.baseline_function(CONFIGURATION_ID)
    return re.sub(r"(?<=-)[0-9a-f]{4}(?=-\$)", lambda _: _SHORT_HASH, drawn)


def _override_url(policy: PatchPolicy, *, reusable: bool) -> str:
    account = policy.baseline_store_account or PLACE.account
    url = names.overrides_url(account, CONFIGURATION_ID)
    if not policy.baseline_store_account:
        bucket = names.baseline_bucket(account, CONFIGURATION_ID)
        url = Substitution(bucket, "local.baseline_bucket").apply(url)
    if not reusable:
        return url
    return reference(f"coalesce(var.baseline_override_url, {render_expression(url)})")


def _used(values: Mapping[str, Any], text: str) -> dict[str, Any]:
    found: set[str] = set()
    while True:
        new = {
            name for name in values if name not in found and re.search(rf"\blocal\.{name}\b", text)
        }
        if not new:
            return {name: value for name, value in values.items() if name in found}
        found |= new
        text += json.dumps([values[name] for name in new])
