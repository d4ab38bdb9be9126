"""The labelled plans: what each is, and what a review should find in it."""

from __future__ import annotations

import lzma
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from modules.review.plan import Plan, build_plan
from modules.review.plan_source import plan_document
from modules.review.report import Report
from modules.review.review import review
from modules.review.when import Clock

FOLDER = Path(__file__).parent
START = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
CLOCK = Clock(start=START, zone=UTC, zone_name="UTC")


@cache
def cases() -> Mapping[str, Mapping[str, Any]]:
    """Every case by its name, from all files."""
    found: dict[str, Mapping[str, Any]] = {}
    for file in sorted((FOLDER / "cases").glob("*.yaml")):
        found |= yaml.safe_load(file.read_text(encoding="utf-8"))
    return found


def plan_bytes(name: str) -> bytes:
    """What `terraform show -json` printed, as far as it is read."""
    return lzma.decompress((FOLDER / "plans" / f"{name}.json.xz").read_bytes())


@cache
def plan_of(name: str) -> Plan:
    return build_plan(plan_document(plan_bytes(name)))


@cache
def report_of(name: str) -> Report:
    return review(plan_of(name), CLOCK, f"{name}.json", {})


def expected(name: str) -> list[str]:
    """The case's findings: rule, severity and subject."""
    given = cases()[name]["expected"]
    return sorted(each.replace("~.", 'module.policy["a1b2c"].') for each in given)


def found(name: str) -> list[str]:
    """The findings of the review, in the form of the cases."""
    return sorted(
        f"{each.rule} {each.severity} {each.subject}".rstrip() for each in report_of(name).findings
    )
