"""Every setting but the key: its name, how it is read, its default, its meaning."""

from __future__ import annotations

import os
import ssl
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final
from zoneinfo import ZoneInfo

from modules.review.errors import ReviewError
from modules.review.fleet import load_fleet
from modules.review.report import Severity
from modules.review.rules.catalogue import RULES
from modules.run_task.addresses import parse_origin


@dataclass(frozen=True, kw_only=True)
class Variable:
    """One setting; `read` raises ValueError that says what is expected."""

    name: str
    read: Callable[[str], Any]
    default: str
    meaning: str


def _file(text: str) -> Path | None:
    if not text:
        return None
    path = Path(text)
    if not path.is_file() or not os.access(path, os.R_OK):
        raise ValueError("expected a file that can be read")
    return path


def _authorities(text: str) -> Path | None:
    path = _file(text)
    if path:
        try:
            ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT).load_verify_locations(path)
        except OSError:  # SSLError is one
            raise ValueError("expected certificates in PEM") from None
    return path


def _fleet(text: str) -> Path | None:
    path = _file(text)
    if path:
        try:
            load_fleet(path)
        except ReviewError as error:
            raise ValueError(f"expected a fleet file: {error}") from None
    return path


def _listen(text: str) -> tuple[str, int]:
    host, _, port = text.rpartition(":")
    if not host or not port.isdecimal() or not 0 <= int(port[:6]) < 65536:
        raise ValueError("expected HOST:PORT, such as 0.0.0.0:8080 or [::]:8080")
    return host.strip("[]"), int(port)


def _one_of(*values: str) -> Callable[[str], str]:
    def read(text: str) -> str:
        if text not in values:
            raise ValueError(f"expected one of {', '.join(values)}")
        return text

    return read


def _number(least: int, most: int) -> Callable[[str], int]:
    def read(text: str) -> int:
        if not text.isascii() or not text.isdecimal() or not least <= int(text[:9]) <= most:
            raise ValueError(f"expected a number from {least} to {most}")
        return int(text)

    return read


def _zone(text: str) -> str:
    try:
        ZoneInfo(text)
    except (OSError, ValueError, KeyError):
        raise ValueError("expected a time zone such as Asia/Tokyo") from None
    return text


def _allow(text: str) -> Mapping[str, str]:
    allowed = {}
    for entry in filter(None, map(str.strip, text.split(";"))):
        rule, _, reason = entry.partition("=")
        if rule not in RULES or not reason.strip():
            raise ValueError("expected RULE=REASON; RULE=REASON, with rules of the review")
        allowed[rule] = reason.strip()
    return allowed


VARIABLES: Final = (
    Variable(
        name="HCP_ADDRESS",
        read=parse_origin,
        default="https://app.terraform.io",
        meaning="HCP Terraform or Terraform Enterprise. Plans are fetched from there and results"
        " sent to there, and nowhere else",
    ),
    Variable(
        name="CA_FILE",
        read=_authorities,
        default="",
        meaning="certificate authorities in PEM that are trusted besides the system's",
    ),
    Variable(
        name="LISTEN",
        read=_listen,
        default="127.0.0.1:8080",
        meaning="where the service listens, as HOST:PORT",
    ),
    Variable(
        name="TLS_CERTIFICATE",
        read=_file,
        default="",
        meaning="the service's certificate chain in PEM; without one it speaks plain HTTP, for a"
        " proxy that ends TLS",
    ),
    Variable(name="TLS_KEY", read=_file, default="", meaning="the certificate's private key"),
    Variable(
        name="FAIL_ON",
        read=_one_of(*(str(each) for each in Severity), "never"),
        default="critical",
        meaning="the task fails where there is a finding of this level or worse",
    ),
    Variable(
        name="ALLOW",
        read=_allow,
        default="",
        meaning="rules whose findings pass, each with the reason: `RULE=REASON; RULE=REASON`",
    ),
    Variable(
        name="TIMEZONE",
        read=_zone,
        default="UTC",
        meaning="the zone that next runs are shown in, besides UTC",
    ),
    Variable(
        name="FLEET",
        read=_fleet,
        default="",
        meaning="a fleet file, as for `patch-policy review --fleet`: findings then count nodes",
    ),
    Variable(
        name="MAX_PLAN_MB",
        read=_number(1, 2048),
        default="100",
        meaning="the largest plan that is fetched; it waits on disk (`TMPDIR`)",
    ),
    Variable(
        name="DOWNLOAD_SECONDS",
        read=_number(1, 600),
        default="60",
        meaning="the time that fetching a plan may take, tries again included",
    ),
    Variable(
        name="REVIEWS",
        read=_number(1, 64),
        default="2",
        meaning="reviews at once; one for each processor is enough",
    ),
    Variable(
        name="REVIEW_MEMORY_MB",
        read=_number(128, 65536),
        default="1024",
        meaning="the address space of each review; a plan takes about three times its size",
    ),
    Variable(
        name="REVIEW_SECONDS",
        read=_number(1, 600),
        default="120",
        meaning="the time that a review may take",
    ),
    Variable(
        name="CALLBACK_SECONDS",
        read=_number(1, 3600),
        default="600",
        meaning="for how long a result that HCP Terraform did not take is sent again",
    ),
    Variable(
        name="MAX_RUNS",
        read=_number(1, 10_000),
        default="200",
        meaning="runs that are in work or wait; HCP Terraform is asked to come back with others",
    ),
    Variable(
        name="STOP_SECONDS",
        read=_number(0, 600),
        default="20",
        meaning="the time that runs have to complete after SIGTERM or SIGINT; then they are"
        " reported as failed",
    ),
    Variable(
        name="LOG_LEVEL",
        read=_one_of("INFO", "WARNING", "ERROR"),
        default="INFO",
        meaning="what is logged",
    ),
)
