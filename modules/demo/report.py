"""What a deployed patch policy looks like from AWS's side, as tables."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError
from rich.table import Table

from modules.policy.schedule import is_rate, next_runs
from modules.quick_setup import names

if TYPE_CHECKING:
    from modules.demo.sessions import Caller
    from modules.policy.model import PatchPolicy

ABSENT_TARGET = "aws:NoOpAutomationTag"  # what State Manager reports for an association without


@dataclass(frozen=True, kw_only=True)
class Reader:
    """Somebody who tries to read the overrides, and what is to be said of them."""

    who: str
    caller: Caller
    note: str


def associations(policy: PatchPolicy, caller: Caller) -> Table:
    """Every association with document, targets, schedule and next run.

    What all names have in common is left out: `AWS-QuickSetup-PatchPolicy-`, the prefix of the
    documents, and the configuration ID at the end.
    """
    table = _table("Association\n  document", "Schedule\n  targets", "Next run (UTC)")
    suffix = f"-{policy.configuration_id}"
    for found in _describe_associations(caller, suffix):
        name = found["AssociationName"].removeprefix("AWS-QuickSetup-PatchPolicy-")
        document = found["Name"].removeprefix(f"{policy.document_name_prefix}-")
        expression = found.get("ScheduleExpression")
        table.add_row(
            f"{name.removesuffix(suffix)}\n  [dim]{document.removesuffix(suffix)}[/]",
            f"{expression or 'once'}\n  [dim]{_targets(found.get('Targets', []))}[/]",
            _next_run(expression, waits=found.get("ApplyOnlyAtCronInterval", False)),
        )
    return table


def overrides(policy: PatchPolicy, caller: Caller, account: str) -> Table:
    """What `baseline_overrides.json` says for each operating system."""
    table = _table("Operating system\n  baseline", "Approves patches", "Rejects")
    bucket = names.baseline_bucket(account, policy.configuration_id)
    answer = caller.client("s3").get_object(Bucket=bucket, Key=names.OVERRIDES_KEY)
    for baseline in json.loads(answer["Body"].read()):
        rules = baseline.get("ApprovalRules", {}).get("PatchRules", [])
        table.add_row(
            f"{baseline['OperatingSystem']}\n  [dim]{baseline.get('Name', '')}[/]",
            "; ".join(dict.fromkeys(map(_rule, rules))) or "those listed",
            ", ".join(baseline.get("RejectedPatches", [])) or "none",
        )
    return table


def readers(policy: PatchPolicy, account: str, found: list[Reader]) -> Table:
    """Who may read the overrides: each reader calls GetObject."""
    table = _table("Principal", "May read", "Why")
    bucket = names.baseline_bucket(account, policy.configuration_id)
    for reader in found:
        answer = "[green]yes[/]" if _reads(reader.caller, bucket) else "[red]no[/]"
        table.add_row(reader.who, answer, reader.note)
    return table


def _reads(caller: Caller, bucket: str) -> bool:
    client = caller.client("s3")
    try:
        client.get_object(Bucket=bucket, Key=names.OVERRIDES_KEY)
    except ClientError as error:
        if error.response["Error"]["Code"] == "AccessDenied":
            return False
        raise
    return True


def _describe_associations(caller: Caller, suffix: str) -> Iterator[Mapping[str, Any]]:
    client = caller.client("ssm")
    pages = client.get_paginator("list_associations").paginate()
    ids = [
        found["AssociationId"]
        for page in pages
        for found in page["Associations"]
        if found.get("AssociationName", "").endswith(suffix)
    ]
    described = [
        client.describe_association(AssociationId=id_)["AssociationDescription"] for id_ in ids
    ]
    yield from sorted(described, key=lambda found: found["AssociationName"])


def _targets(targets: list[Mapping[str, Any]]) -> str:
    shown = [
        f"{target['Key']} = {', '.join(target['Values'])}"
        for target in targets
        if target["Key"] != ABSENT_TARGET
    ]
    return "; ".join(shown) or "none"


def _next_run(expression: str | None, *, waits: bool) -> str:
    if expression is None:
        return "now, and never again"
    if is_rate(expression):
        return f"now, then every {expression.removeprefix('rate(').removesuffix(')')}"
    (moment,) = next_runs(expression, datetime.now(UTC), 1)
    return _moment(moment) if waits else f"now, then {_moment(moment)}"


def _moment(moment: datetime) -> str:
    return f"{moment:%a %d %b %H:%M}"


def _rule(rule: Mapping[str, Any]) -> str:
    filters = {
        each["Key"]: each["Values"]
        for each in rule.get("PatchFilterGroup", {}).get("PatchFilters", [])
    }
    kinds = filters.get("CLASSIFICATION") or filters.get("SECTION") or ["*"]
    after = rule.get("ApproveAfterDays")
    when = f"after {after} days" if after else "at once"
    return f"{', '.join('all' if kind == '*' else kind for kind in kinds)} {when}"


def _table(*columns: str) -> Table:
    table = Table(show_edge=False, pad_edge=False, header_style="bold")
    for column in columns:
        table.add_column(column, overflow="fold")
    return table
