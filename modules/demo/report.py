"""What a deployed patch policy looks like from AWS's side, as tables."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from rich.table import Table

from modules.policy.schedule import is_rate, next_runs
from modules.quick_setup import names

if TYPE_CHECKING:
    from boto3 import Session

    from modules.policy.model import PatchPolicy

ABSENT_TARGET = "aws:NoOpAutomationTag"  # what State Manager reports for an association without


@dataclass(frozen=True, kw_only=True)
class Reader:
    """Somebody who may or may not read the overrides, and why."""

    who: str
    principal: str
    may_read: bool
    reason: str


def associations(policy: PatchPolicy, session: Session) -> Table:
    """Every association with document, targets, schedule and next run."""
    table = _table("Association", "Document", "Targets", "Schedule", "Next run (UTC)")
    suffix = f"-{policy.configuration_id}"
    for found in _describe_associations(session, suffix):
        expression = found.get("ScheduleExpression")
        table.add_row(
            found["AssociationName"].removeprefix("AWS-QuickSetup-PatchPolicy-").removesuffix(suffix),
            found["Name"].removesuffix(suffix),
            _targets(found.get("Targets", [])),
            expression or "once",
            _next_run(expression, waits=found.get("ApplyOnlyAtCronInterval", False)),
        )
    return table


def overrides(policy: PatchPolicy, session: Session, account: str) -> Table:
    """What `baseline_overrides.json` says for each operating system."""
    table = _table("Operating system", "Baseline", "Approves patches", "Rejects")
    bucket = names.baseline_bucket(account, policy.configuration_id)
    answer = session.client("s3").get_object(Bucket=bucket, Key=names.OVERRIDES_KEY)
    for baseline in json.loads(answer["Body"].read()):
        rules = baseline.get("ApprovalRules", {}).get("PatchRules", [])
        table.add_row(
            baseline["OperatingSystem"],
            baseline.get("Name", ""),
            "; ".join(map(_rule, rules)) or "those listed",
            ", ".join(baseline.get("RejectedPatches", [])) or "none",
        )
    return table


def readers(found: list[Reader]) -> Table:
    """Who may read the overrides."""
    table = _table("Principal", "May read", "Why")
    for reader in found:
        answer = "[green]yes[/]" if reader.may_read else "[red]no[/]"
        table.add_row(reader.who, answer, reader.reason)
    return table


def _describe_associations(session: Session, suffix: str) -> Iterator[Mapping[str, Any]]:
    client = session.client("ssm")
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
    now = datetime.now(UTC)
    if expression is None or not waits:
        first = "now" if expression is None else "now, then "
        if expression is None or is_rate(expression):
            return first if expression is None else f"now, then every {expression[5:-1]}"
        return f"{first}{_moment(next_runs(expression, now, 1)[0])}"
    return _moment(next_runs(expression, now, 1)[0])


def _moment(moment: datetime) -> str:
    return f"{moment:%a %d %b %H:%M}"


def _rule(rule: Mapping[str, Any]) -> str:
    filters = {
        each["Key"]: each["Values"] for each in rule.get("PatchFilterGroup", {}).get("PatchFilters", [])
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
