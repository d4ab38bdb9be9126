"""Times as filters name them: of ISO 8601, in UTC where they do not say."""

from __future__ import annotations

from datetime import UTC, datetime


def moment(text: str) -> datetime:
    """The time that a text names; ValueError."""
    named = datetime.fromisoformat(text)
    return named if named.tzinfo else named.replace(tzinfo=UTC)
