"""The report in JSON, as `report.schema.json` describes it."""

from __future__ import annotations

import json

from modules.review.report import VERSION, Report, plain


def render(report: Report) -> str:
    """One document, with members in the order of the report."""
    # In ASCII: whatever a plan's names hold, it is JSON in every encoding.
    return json.dumps({"report_version": VERSION, **plain(report)}, indent=1) + "\n"
