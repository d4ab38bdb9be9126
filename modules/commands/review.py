"""`patch-policy review`: what a Terraform plan does to the fleet."""

from __future__ import annotations

import argparse
import os
import shutil
import sys
from collections.abc import Mapping
from datetime import UTC, datetime, tzinfo
from pathlib import Path

from modules.commands.times import count, moment, zone
from modules.review.errors import ReviewError
from modules.review.fleet import load_fleet
from modules.review.plan_source import read_plan
from modules.review.render import html, json_format, markdown, text
from modules.review.render.text import Screen
from modules.review.report import Report, Severity
from modules.review.review import review
from modules.review.rules.catalogue import RULES
from modules.review.when import Clock

FORMATS = ("text", "markdown", "html", "json")
FOUND, BAD_INPUT = 1, 2
SHORTEST = 4000  # the summary of a review is always there


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The verb's arguments."""
    parser.epilog = (
        "Exit statuses: 0 reviewed; 1 findings of the level of --fail-on or worse; 2 bad input."
    )
    parser.add_argument(
        "plan",
        metavar="PLAN",
        help="the output of terraform show -json, a plan file, HCP Terraform's JSON, or - for"
        " standard input",
    )
    _add_output(parser)
    _add_gate(parser)
    _add_times(parser)


def _add_output(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--format", choices=FORMATS, default="text", help="how to show it (default: text)"
    )
    parser.add_argument(
        "--output", metavar="FILE", type=Path, help="write to this file (default: standard output)"
    )
    parser.add_argument(
        "--fleet", metavar="FILE", type=Path, help="count the nodes of this inventory (YAML)"
    )
    parser.add_argument(
        "--max-characters",
        metavar="N",
        type=_length,
        default=markdown.LONGEST,
        help="how long markdown may be (default: 65536, as long as a comment on GitHub)",
    )


def _add_gate(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--fail-on",
        choices=[*(str(each) for each in Severity), "never"],
        default="never",
        help="exit status 1 where there is a finding of this level or worse (default: never)",
    )
    parser.add_argument(
        "--allow",
        metavar="RULE=REASON",
        action="append",
        type=_allowance,
        default=[],
        help="let the findings of a rule pass, and show why; may be given again",
    )


def _add_times(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--timezone",
        metavar="ZONE",
        type=zone,
        default=UTC,
        help="show times in this zone as well, such as Asia/Tokyo (default: UTC alone)",
    )
    parser.add_argument(
        "--runs", metavar="N", type=count, default=3, help="how many next runs (default: 3)"
    )
    parser.add_argument(
        "--from",
        dest="start",
        metavar="ISO",
        type=moment,
        help="count runs from this time, such as 2026-01-31T12:00+09:00 (default: now)",
    )


def run(arguments: argparse.Namespace) -> int:
    """Print the review; the exit status is the gate's."""
    clock = Clock(
        start=arguments.start or datetime.now(UTC),
        zone=arguments.timezone,
        zone_name=_zone_name(arguments.timezone),
        runs=arguments.runs,
    )
    try:
        plan = read_plan(arguments.plan)
        fleet = load_fleet(arguments.fleet) if arguments.fleet else None
        report = review(plan, clock, Path(arguments.plan).name, dict(arguments.allow), fleet)
        _write(_rendered(report, arguments), arguments.output)
    except ReviewError as error:
        sys.stderr.write(f"{error}\n")
        return BAD_INPUT
    return FOUND if fails(report, arguments.fail_on) else 0


def fails(report: Report, level: str) -> bool:
    """Whether a finding that nobody allowed is of the level or worse."""
    if level == "never":
        return False
    limit = Severity(level).rank
    return any(each.severity.rank <= limit for each in report.open_findings())


def _rendered(report: Report, arguments: argparse.Namespace) -> str:
    if arguments.format == "json":
        return json_format.render(report)
    if arguments.format == "markdown":
        return markdown.render(report, longest=arguments.max_characters)
    if arguments.format == "html":
        return html.render(report)
    return text.render(report, _screen(arguments, os.environ))


def _screen(arguments: argparse.Namespace, environment: Mapping[str, str]) -> Screen:
    to_terminal = arguments.output is None and sys.stdout.isatty()
    plain = bool(environment.get("NO_COLOR")) or environment.get("TERM") == "dumb"
    width = shutil.get_terminal_size((100, 24)).columns
    return Screen(width=width if to_terminal else 100, colour=to_terminal and not plain)


def _write(text: str, file: Path | None) -> None:
    if file is None:
        sys.stdout.write(text)
        return
    try:
        file.write_text(text, encoding="utf-8")
    except OSError as error:
        raise ReviewError(f"{file}: cannot be written: {error.strerror}") from error


def _zone_name(zone: tzinfo) -> str:
    return "UTC" if zone is UTC else str(zone)


def _length(text: str) -> int:
    if text.isdecimal() and len(text) < 10 and int(text) >= SHORTEST:
        return int(text)
    raise argparse.ArgumentTypeError(f"found {text!r}; expected a number from {SHORTEST}")


def _allowance(text: str) -> tuple[str, str]:
    rule, _, reason = text.partition("=")
    if rule not in RULES:
        known = ", ".join(RULES)
        raise argparse.ArgumentTypeError(f"found the rule {rule!r}; expected one of {known}")
    if not reason.strip():
        raise argparse.ArgumentTypeError(f"found {text!r}; expected {rule}=REASON")
    return rule, reason.strip()
