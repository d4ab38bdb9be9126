"""Where a resource is, by its own attributes."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

_REGION = re.compile(r"arn:[^:]*:[^:]*:(?P<region>[^:]+):")


def region_of(attributes: Mapping[str, Any]) -> str | None:
    """The region that a resource's own attributes name."""
    region = attributes.get("region")  # of hashicorp/aws 6
    if isinstance(region, str):
        return region
    arn = attributes.get("arn")
    match = _REGION.match(arn) if isinstance(arn, str) else None
    return match["region"] if match else None
