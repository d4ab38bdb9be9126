"""The report in JSON, as `report.schema.json` describes it."""

from __future__ import annotations

import json

from modules.review.report import VERSION, Report, plain


def render(report: Report) -> str:
    """One document, with members in the order of the report."""
    return (
        json.dumps({"report_version": VERSION, **plain(report)}, indent=1, ensure_ascii=False)
        + "\n"
    )
