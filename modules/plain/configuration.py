"""What the files of a directory hold, in neither syntax."""

from __future__ import annotations

from typing import Any

Configuration = dict[str, Any]
"""Terraform's JSON of one file; a text under `//` is the comment of its block."""
