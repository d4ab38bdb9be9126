"""Policies that no other test has: what is generated must hold for those of users."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

NEWCOMER: Final[Mapping[str, Any]] = {
    "name": "Été: web & batch".replace("&", "+"),
    "configuration_id": "n3wc0m3r",
    "home_region": "ap-northeast-1",
    "operation": "ScanAndInstall",
    "scan": {"schedule": "rate(12 hours)"},
    "install": {"schedule": "cron(0 3 ? * SAT *)", "wait_for_next_interval": True},
    "targets": {"tag": {"key": "Env", "value": "prod"}},
    "rate_control": {"max_concurrency": 3, "max_errors": "0%"},
    "tags": {"Team": "platform"},
}
TRAVELLER: Final[Mapping[str, Any]] = {
    "name": "traveller",
    "configuration_id": "trv1",
    "home_region": "eu-west-1",
    "regions": ["eu-west-1", "us-east-1"],
    "targets": {"instance_ids": ["i-0123456789abcdef0", "mi-0123456789abcdef0"]},
    "explorer": False,
}
