"""A folder to check files in."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.unit.document_checks.checking import Checker


@pytest.fixture
def checker(tmp_path: Path) -> Checker:
    """A checker with a folder of its own."""
    return Checker(tmp_path)
